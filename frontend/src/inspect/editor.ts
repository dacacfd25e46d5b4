/** The input, folded away: own texts, or a picture's file, which is read in the browser. */
import type { TaskChoice, TracePayload } from '../contracts';
import { type Find, setText } from '../ui/dom';
import { PNG_ADDRESS } from './picture';
import type { InputVisit } from '../page/history';
import { forget, recall, remember } from '../ui/remember';

const MOST = 8_000_000; // bytes of a picture's file
const MOST_KEPT = 1_500_000; // characters of a picture's address
const TYPED = 'typed';

/** What was typed and not run yet. */
export interface Typed {
  x: string;
  h: string;
  image: string;
  /** The picture was too large to be kept. */
  lost?: boolean;
}

export interface Editor {
  follow(payload: TracePayload, task: TaskChoice | undefined): void;
  /** A task without an input on screen: the fields are empty and open. */
  begin(task: TaskChoice): void;
  /** What was typed before a reload, else what was run; returns whether there was anything. */
  restore(run?: Typed): boolean;
  /** The server works, or is done. */
  busy(on: boolean): void;
  say(words: string): void;
}

export function editor(part: Find, run: (input: Omit<InputVisit, 'checkpoint'>) => void): Editor {
  const x = part('x-box').querySelector('textarea')!;
  const h = part('h-box').querySelector('textarea')!;
  const file = part('picture-box').querySelector<HTMLInputElement>('input[type=file]')!;
  const shown = part('picture-box').querySelector('img')!;
  const button = part<HTMLButtonElement>('run');
  const status = part('edit-status');
  const unrouted = part('unrouted');
  const typed = recall<Typed>(TYPED); // before a reload
  let image = '';
  let routed = '';
  let sent = ''; // what was run last; empty once its answer is here
  const now = () => JSON.stringify([x.value, h.value, image]);
  const compare = () => {
    unrouted.hidden = now() === routed;
    if (unrouted.hidden) return forget(TYPED);
    const texts = { x: x.value, h: h.value };
    const kept = image.length <= MOST_KEPT && remember(TYPED, { ...texts, image });
    if (!kept) remember(TYPED, { ...texts, image: '', lost: true });
  };
  const setPicture = (address: string) => {
    image = address;
    shown.hidden = !image;
    if (image) shown.src = image;
  };
  const say = (words: string) => {
    setText(status, words);
    status.hidden = !words;
  };
  const start = () => {
    if (!x.value.trim()) {
      say(`Type the ${x.dataset.name ?? 'text'} first.`);
      return x.focus();
    }
    say('');
    sent = now();
    run({ kind: 'view', x: x.value, h: part('h-box').hidden ? '' : h.value, image });
  };
  button.addEventListener('click', start);
  for (const box of [x, h]) {
    box.addEventListener('input', compare);
    box.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey || event.shiftKey)) return;
      event.preventDefault();
      start();
    });
  }
  file.addEventListener('change', () => {
    const chosen = file.files?.[0];
    if (!chosen) return;
    if (chosen.size > MOST) return say('The picture’s file is too large: at most 8 MB are taken.');
    const reader = new FileReader();
    reader.onerror = () => say('The file could not be read.');
    reader.onload = () => {
      setPicture(reader.result as string); // what readAsDataURL gives
      say('');
      compare();
    };
    reader.readAsDataURL(chosen);
  });
  part('picture-remove').addEventListener('click', () => {
    setPicture('');
    file.value = '';
    say('');
    compare();
  });
  shown.addEventListener('error', () => {
    shown.hidden = true;
    if (image) say('The browser cannot show this file as a picture.');
  });
  const label = (xLabel: string, hLabel: string, pictured: boolean) => {
    setText(part('x-label'), xLabel);
    setText(part('h-label'), hLabel);
    setText(part('picture-label'), hLabel);
    part('h-box').hidden = pictured;
    part('picture-box').hidden = !pictured;
  };
  return {
    begin({ xLabel, hLabel, picture }) {
      label(xLabel, hLabel, picture);
      x.dataset.name = xLabel;
      part<HTMLDetailsElement>('edit').open = true;
    },
    follow(payload, task) {
      label(task?.xLabel ?? payload.xName, task?.hLabel ?? payload.hName, payload.contextKind === 'image');
      x.dataset.name = payload.xName;
      const picture = PNG_ADDRESS.test(payload.image) ? payload.image : '';
      routed = JSON.stringify([payload.x, payload.h, picture]);
      const typedOn = sent !== '' && now() !== sent; // the answer must not take what was typed since
      sent = '';
      if (typedOn) return compare();
      x.value = payload.x;
      h.value = payload.h;
      if (payload.image !== image) file.value = '';
      setPicture(picture);
      routed = now();
      compare();
      say('');
    },
    restore(run) {
      const given = typed ?? run;
      if (!given) return false;
      x.value = given.x;
      h.value = given.h;
      if (given.image || !given.lost) setPicture(given.image);
      compare();
      if (given.lost) say('The picture was too large to be kept: choose it again.');
      part<HTMLDetailsElement>('edit').open = true;
      return true;
    },
    busy(on) {
      button.setAttribute('aria-busy', String(on)); // not disabled: of several runs the newest counts
      setText(button, on ? 'Running …' : 'Run');
    },
    say,
  };
}
