/**
 * Rows of one's own: pasted or from a file, run on the server with progress; nothing of them is kept there. Of a file the
 * bytes are sent: the server tells its encoding and its form.
 */
import type { OwnRowsPayload, OwnRowsProgress, RowsPayload } from '../contracts';
import { grouped } from '../core/format';
import type { Failure } from '../page/component';
import { base64Of } from '../page/files';
import { rowsText } from '../core/rows/format';
import { finder, setText } from '../ui/dom';
import { NO_ANSWER } from '../ui/patience';
import { recall, remember } from '../ui/remember';

const TEXT = 'own-text';

const MOST_CHARACTERS = 1_000_000;
const MOST_BYTES = 4_000_000;
const MOST_NAME = 200;
const PATIENCE = 120_000; // ms without a word from the server

/** The text of rows, or a file's bytes in base64. */
export type RowsRequest = { id: number } & ({ csv: string } | ChosenFile);

interface ChosenFile {
  file: string;
  file_name: string;
}

export type OwnAnswer = Failure & Partial<OwnRowsProgress> & Partial<OwnRowsPayload>;

export interface OwnRows {
  /** The checkpoint that they will be run with. */
  setModel(title: string): void;
  arrived(answer: OwnAnswer | null | undefined): void;
}

interface Options {
  send: (request: RowsRequest) => void;
  stop: (request: { id: number }) => void;
  onRows: (rows: RowsPayload) => void;
  /** The last table was not run. */
  onFailed: () => void;
  patience?: number;
}

export function ownRows(root: HTMLElement, { send, stop, onRows, onFailed, patience = PATIENCE }: Options): OwnRows {
  const part = finder(root, 'th');
  const text = part<HTMLTextAreaElement>('own-text');
  const chooser = part<HTMLInputElement>('own-file');
  const run = part<HTMLButtonElement>('own-run');
  const cancel = part('own-cancel');
  const bar = part<HTMLProgressElement>('own-bar');
  let id = 0;
  let running = false;
  let chosen: ChosenFile | null = null;
  const say = (message: string) => setText(part('own-status'), message);
  let waiting: ReturnType<typeof setTimeout>;
  const setRunning = (now: boolean) => {
    running = now;
    clearTimeout(waiting);
    run.disabled = now;
    cancel.hidden = bar.hidden = !now;
  };

  const fail = (words: string) => {
    setRunning(false);
    say(words);
    onFailed();
  };
  const wait = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      stop({ id: id++ });
      fail(NO_ANSWER);
    }, patience);
  };

  text.value = recall<string>(TEXT) ?? '';
  run.addEventListener('click', () => {
    const { length } = text.value;
    if (!chosen && !text.value.trim()) return say('Paste rows or choose a file first.');
    if (length > MOST_CHARACTERS)
      return say(`That is ${grouped(length)} characters; at most ${grouped(MOST_CHARACTERS)} are taken.`);
    setRunning(true);
    bar.removeAttribute('value');
    say('Waiting for the model…');
    send({ id: ++id, ...(chosen ?? { csv: text.value }) });
    wait();
  });
  cancel.addEventListener('click', () => {
    stop({ id });
    id++;
    setRunning(false);
    say('Stopped.');
  });
  const choose = async () => {
    const file = chooser.files?.[0];
    chosen = null;
    if (!file) return;
    if (file.size > MOST_BYTES) return say('The file is too large: a few hundred rows are taken.');
    try {
      const bytes = file.size ? await base64Of(file) : ''; // an empty file's address has no comma
      if (chooser.files?.[0] !== file) return;
      chosen = { file: bytes, file_name: file.name.slice(-MOST_NAME) };
    } catch (error) {
      return say(`${file.name} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
    text.value = '';
    say(`${file.name} is chosen; run its rows.`);
  };
  chooser.addEventListener('change', () => void choose());
  // A text that is typed or pasted takes the place of the file.
  text.addEventListener('input', () => {
    remember(TEXT, text.value);
    if (!chosen) return;
    chosen = null;
    chooser.value = '';
    say('');
  });

  return {
    setModel: (title) => setText(part('own-for'), title),
    arrived(answer) {
      if (answer?.id !== id || !running) return;
      if (answer.error) return fail(answer.error);
      if (answer.rows) {
        setRunning(false);
        const notes = (answer.notes ?? []).map((note) => ` Note: ${note}.`).join('');
        const { n } = answer.rows;
        say(`${rowsText(n)} ${n === 1 ? 'is' : 'are'} in the figures above.${notes}`);
        return onRows(answer.rows);
      }
      wait();
      bar.max = answer.total ?? 1;
      bar.value = answer.done ?? 0;
      say(`${answer.done} of ${rowsText(answer.total ?? 0)}`);
    },
  };
}
