/**
 * The host of a component whose most awaited answers come by a request of its own, without the framework's queue. It works
 * before the framework is there: what else was asked for waits until it is connected.
 */
import type { Answer, Failure, Host } from './component';

/** For each request that goes its own way the property that its answer is. */
type Direct = Record<string, string>;

export interface OwnHost<Props> {
  host: Host<Props>;
  /** The framework is there. */
  connect: (real: Host<Props>) => void;
}

export function ownHost<Props extends object>(element: HTMLElement, known: Props): OwnHost<Props> {
  const { direct = {} } = known as { direct?: Direct };
  const answers = new Map<string | symbol, unknown>();
  const watchers: [name: string, changed: () => void][] = [];
  const waiting: [name: string, data: unknown][] = [];
  let real: Host<Props> | null = null;

  const props = new Proxy({} as Props, {
    get: (_, name) => (answers.has(name) ? answers.get(name) : (Reflect.get(real?.props ?? known, name) as unknown)),
  });
  const arrived = (name: string, answer: unknown) => {
    answers.set(name, answer);
    for (const [watched, changed] of watchers) if (watched === name) changed();
  };
  return {
    host: {
      element,
      props,
      trigger(name, data) {
        if (direct[name]) void ask(name, data as Failure).then((answer) => arrived(direct[name], answer));
        else if (real) real.trigger(name, data);
        else waiting.push([name, data]);
      },
      watch(name, changed) {
        watchers.push([name, changed]);
        real?.watch(name, changed);
      },
    },
    connect(now) {
      real = now;
      for (const [name, changed] of watchers) now.watch(name, changed);
      for (const [name, data] of waiting.splice(0)) now.trigger(name, data);
    },
  };
}

async function ask(name: string, data: Failure): Promise<Answer<object>> {
  try {
    const response = await fetch(new URL(`dualroute/${name}`, document.baseURI), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(data),
    });
    return (await response.json()) as Answer<object>;
  } catch {
    return { id: data.id, error: 'No answer came from the server' };
  }
}
