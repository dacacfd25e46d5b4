/** Plotly comes with the first figure, once for the whole page; in a saved file it lies packed (base64 of gzip). */

/** What the page uses of plotly. */
export interface Plotly {
  react(node: HTMLElement, data: Trace[], layout: Layout, config: object): Promise<unknown>;
  purge(node: HTMLElement): void;
  toImage(figure: { data: Trace[]; layout: Layout }, options: object): Promise<string>;
  downloadImage(figure: { data: Trace[]; layout: Layout }, options: object): Promise<string>;
}

export type Trace = Record<string, unknown>;
export type Layout = Record<string, unknown> & { height?: number };

export interface Figure {
  data: Trace[];
  layout: Layout;
}

/** A node that plotly has drawn into. */
export type PlotNode = HTMLElement & {
  _fullLayout?: { xaxis?: PlotAxis; yaxis?: PlotAxis };
  on?: {
    (event: 'plotly_click', hear: (event: { points: PlotPoint[] }) => void): void;
    (event: 'plotly_afterplot', hear: () => void): void;
  };
};

/** Pixels of an axis, from its own start; `_offset` from that of the node. */
export interface PlotAxis {
  _offset: number;
  l2p(value: number): number;
  p2l(pixel: number): number;
}

export interface PlotPoint {
  customdata?: unknown;
  data: { name?: string };
  pointNumber: number;
}

declare global {
  interface Window {
    Plotly?: Plotly;
  }
}

let loading: Promise<Plotly> | null = null; // one script for the whole page

export function loadPlotly(url: string): Promise<Plotly> {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  const packed = packedPlotly();
  loading ??= (packed ? unpacked(packed) : fetched(url)).catch((error: unknown) => {
    loading = null; // asked for again next time
    throw error;
  });
  return loading;
}

export const packedPlotly = (): string => document.getElementById('packed-plotly')?.textContent ?? '';

function fetched(url: string): Promise<Plotly> {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = url;
    script.onload = () => {
      if (window.Plotly) resolve(window.Plotly);
      else reject(new Error('plotly did not load'));
    };
    script.onerror = () => reject(new Error('plotly did not load'));
    document.head.append(script);
  });
}

async function unpacked(packed: string): Promise<Plotly> {
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  const script = document.createElement('script');
  script.textContent = await new Response(stream).text();
  document.head.append(script);
  return window.Plotly!;
}

export const PLOT_CONFIG = { responsive: true, displayModeBar: false };
