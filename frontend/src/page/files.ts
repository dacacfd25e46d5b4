/** Handing over a file, and saying so. */
import { make } from '../ui/dom';

export function download(name: string, content: string | Blob, type?: string): void {
  const link = make('a');
  link.href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

const labels = new WeakMap<HTMLElement, { text: string; timer?: ReturnType<typeof setTimeout> }>();

/** What a button did stands on it for a moment. */
export function flashLabel(node: HTMLElement, message: string): void {
  const label = labels.get(node) ?? { text: node.textContent };
  labels.set(node, label);
  node.textContent = message;
  clearTimeout(label.timer);
  label.timer = setTimeout(() => (node.textContent = label.text), message.length > 30 ? 4000 : 1500);
}

/** While a button's file is made the button rests; if none comes it says why. */
export async function handOver(node: HTMLButtonElement, makeFile: () => unknown): Promise<void> {
  node.disabled = true;
  try {
    await makeFile();
  } catch (error) {
    flashLabel(node, `Not saved: ${error instanceof Error ? error.message : String(error)}`);
  }
  node.disabled = false;
}

/** Base64 of a blob, as a `data:` address carries it. */
export function base64Of(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      const address = reader.result as string;
      resolve(address.slice(address.indexOf(',') + 1));
    };
    reader.onerror = () => reject(reader.error ?? new Error('the file could not be read'));
    reader.readAsDataURL(blob);
  });
}

export const blobOf = (base64: string, type: string): Blob =>
  new Blob([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))], { type });

/** The content of a picture's `data:` address: the text of an SVG, or a PNG. */
export function imageContent(url: string, format: 'svg' | 'png'): string | Blob {
  const content = url.slice(url.indexOf(',') + 1);
  return format === 'svg' ? decodeURIComponent(content) : blobOf(content, 'image/png');
}

/** A page in one file: the server's parts with the data between them, and plotly if its address is given. */
export async function fileOf(
  [before, between, after]: readonly [string, string, string],
  data: unknown,
  plotlyUrl?: string | false,
): Promise<Blob> {
  const packed = plotlyUrl ? await packedFrom(plotlyUrl) : '';
  const json = JSON.stringify(data).replace(/</g, '\\u003c');
  return new Blob([before, json, between, packed, after], { type: 'text/html' });
}

async function packedFrom(url: string): Promise<string> {
  const { body } = await fetch(url);
  if (!body) throw new Error('plotly did not load');
  return base64Of(await new Response(body.pipeThrough(new CompressionStream('gzip'))).blob());
}
