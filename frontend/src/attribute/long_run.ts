/** One long job at a time: asked for, reported while it goes on, cancelled. Answers of an older job are not heard. */
import { withoutStop } from '../core/format';
import { setText } from '../ui/dom';
import { NO_ANSWER } from '../ui/patience';

const PATIENCE = 120_000; // ms without a word from the server

/** Whether the job is over. A sign of life before the first report has no numbers. */
export const isOver = ({ working, done, total }: RunProgress): boolean => !working && total > 0 && done >= total;

/** What both kinds of runs answer with while they go on. */
export interface RunProgress {
  id?: number | string | null;
  error?: string;
  done: number;
  total: number;
  working: string;
  passes?: number;
  errors?: Record<string, string>;
}

export interface LongRun<Context> {
  start(request: object, context: Context): void;
  /** The context of the job a result belongs to; null for one nobody waits for. */
  accept(result: RunProgress | null | undefined): Context | null;
}

interface Controls {
  begin: HTMLButtonElement;
  end: HTMLElement;
  progress: HTMLProgressElement;
  status: HTMLElement;
}

export function longRun<Context>(
  send: (request: object) => void,
  cancel: (id: string) => void,
  { begin, end, progress, status }: Controls,
  patience = PATIENCE,
): LongRun<Context> {
  let current: { id: string; context: Context } | null = null;
  let count = 0;
  let began = 0;
  let waiting: ReturnType<typeof setTimeout>;
  const wait = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      if (current) cancel(current.id);
      stop(NO_ANSWER);
    }, patience);
  };
  const stop = (message: string) => {
    clearTimeout(waiting);
    current = null;
    begin.disabled = false;
    end.hidden = progress.hidden = true;
    setText(status, message);
  };
  end.addEventListener('click', () => {
    if (!current) return;
    cancel(current.id);
    stop('Cancelled. What had come by then is kept.');
    begin.focus();
  });
  return {
    start(request, context) {
      const id = `${++count}-${Math.random().toString(36).slice(2)}`;
      current = { id, context };
      began = performance.now();
      begin.disabled = true;
      end.hidden = progress.hidden = false;
      progress.value = 0;
      setText(status, 'Waiting for the server …');
      send({ ...request, id });
      wait();
    },
    accept(result) {
      if (!result || !current || result.id !== current.id) return null;
      const { context } = current;
      wait();
      if (result.error) {
        stop(`Not done: ${withoutStop(result.error)}.`);
        return null;
      }
      progress.value = result.total ? result.done / result.total : 0;
      const seconds = Math.round((performance.now() - began) / 1000);
      if (result.working) {
        const place = `${Math.min(result.total, Math.floor(result.done) + 1)} of ${result.total}`;
        setText(status, `${result.working} (${place}), ${seconds} s so far …`);
      } else if (!isOver(result)) setText(status, 'Reading the input …');
      else {
        const failed = Object.keys(result.errors ?? {}).length;
        stop(
          `Done in ${seconds < 1 ? 'under 1' : seconds} s.${failed ? ` ${failed} could not be computed; the table says why.` : ''}`,
        );
      }
      return context;
    },
  };
}
