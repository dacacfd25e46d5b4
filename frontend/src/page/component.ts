/** What a component of the page gets: from gradio's gr.HTML, or in a saved file from saved/frame.ts. */
export interface Host<Props = object> {
  element: HTMLElement;
  /** Values of the component; `saved` in a file of its own, where no server is. */
  props: Props & { saved?: boolean };
  /** Ask the server; the answer comes as a property, which `watch` reports. */
  trigger: (name: string, data?: unknown) => void;
  watch: (name: string, changed: () => void) => void;
  server?: Record<string, ((...data: unknown[]) => Promise<unknown>) | undefined>;
}

/** What every answer of the server may be instead: why there is none. */
export interface Failure {
  error?: string;
  id?: number | string | null;
  key?: string | null;
}

/** A payload, or why there is none. */
export type Answer<Payload> =
  (Payload & { error?: undefined; id?: Failure['id']; key?: string | null }) | (Failure & { error: string });
