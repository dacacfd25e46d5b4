/** A context that is a picture: its patches laid over it, coloured by one quantity at a time. */
import { largestSize } from '../core/arrays';
import { clip, percent, quote, signed } from '../core/format';
import { contextReading, scoreScale } from '../core/reading';
import type { Trace } from '../core/trace';
import { button, check, find, make, radio, setText } from '../ui/dom';
import { rovingRow, rovingSquare } from '../ui/roving';
import type { ContextTrack } from './context_track';

type Mode = 'read' | 'gain' | 'pushed' | 'opened';
type Values = Partial<Record<Mode, ArrayLike<number> | null>>;

const MODES: [Mode, title: string, help: string][] = [
  [
    'read',
    'was read',
    'how much the answer read of this patch: the attention of the tokens that read, each by how much it counts',
  ],
  ['gain', 'adds to the answer', 'exact contribution through all words that read it'],
  ['pushed', 'effect on answer (estimate)', 'attribution: patches that moved the prediction up or down'],
  ['opened', 'effect on reading (estimate)', 'attribution: patches that opened or closed the gates'],
];

/** A picture's address may be nothing else. */
export const PNG_ADDRESS = /^data:image\/png;base64,[A-Za-z0-9+/]+={0,2}$/;

export function pictureTrack(root: HTMLElement): ContextTrack {
  const frame = find(root, '.dr-frame');
  const modes = find(root, '.dr-modes');
  const grid = find(root, '.dr-patches');
  const status = find(root, '.dr-patch-words');
  let trace: Trace;
  let patches: HTMLElement[] = [];
  let mode: Mode = 'read';
  let values: Values = {};
  let tops: Partial<Record<Mode, number>> = {};
  let pointed = -1;
  let reader: string | null = null;

  const paintAll = () => {
    const shown = values[mode];
    patches.forEach((patch, s) => {
      const share = shown ? shown[s] / tops[mode]! : 0;
      patch.style.setProperty('--v', Math.min(1, Math.abs(share)).toFixed(3));
      patch.classList.toggle('neg', share < 0);
    });
    grid.dataset.mode = mode;
    grid.classList.toggle('any', !!shown && Array.from(shown).some((value) => value !== 0));
    check(modes.children, (node) => node.dataset.mode === mode);
  };
  const describePatch = (s: number) => {
    pointed = s;
    const hint = status.dataset.hint ?? '';
    if (s >= 0) setText(status, patchWords(trace, values, s, reader === null ? '' : ` by ${quote(reader)}`));
    else setText(status, reader === null ? hint : `Shown: what ${quote(reader)} reads. ${hint}`);
  };
  const patchOf = ({ target }: Event) => Number((target as HTMLElement).dataset.s ?? -1);
  grid.addEventListener('pointerover', (event) => describePatch(patchOf(event)));
  grid.addEventListener('pointerleave', () => describePatch(-1));
  grid.addEventListener('focusin', (event) => describePatch(patchOf(event)));

  return {
    build(next) {
      trace = next;
      values = {};
      mode = 'read';
      const side = Math.round(Math.sqrt(trace.S));
      grid.style.setProperty('--side', String(Math.max(1, side)));
      patches = trace.contextTokens.map((_, s) => patchCell(s));
      grid.replaceChildren(...patches);
      rovingSquare(grid, patches, side);
      for (const image of frame.querySelectorAll('img')) image.remove();
      if (PNG_ADDRESS.test(trace.image)) frame.prepend(pictureOf(trace));
      const choose = (name: Mode) => () => {
        mode = name;
        paintAll();
      };
      const offered = MODES.filter(([name]) => trace.answers || name !== 'gain');
      modes.replaceChildren(
        ...offered.map(([name, title, help]) => modeButton(trace, name, title, help, choose(name))),
      );
      modes.hidden = offered.length < 2;
      rovingRow(modes);
      describePatch(-1);
      paintAll();
    },
    paint(_, rho, label, token, scale) {
      const { read, gain } = contextReading(trace, rho, label, token);
      values = { ...values, read, gain };
      tops = { ...tops, read: token < 0 ? scale.read : largestSize(read), gain: scale.gain };
      paintAll();
    },
    describe() {
      patches.forEach((patch, s) => patch.setAttribute('aria-label', patchWords(trace, values, s, '')));
      describePatch(pointed);
    },
    attribution(row, scores) {
      values[row] = scores;
      tops[row] = scores ? scoreScale(scores, row === 'opened') : 1;
      paintAll();
    },
    names(_, label, token) {
      reader = token;
      const adds = modes.querySelector('[data-mode=gain]');
      if (adds) setText(adds, `adds to ${clip(label, 16)}`);
      describePatch(pointed);
    },
  };
}

function patchCell(s: number): HTMLElement {
  const patch = button('dr-patch');
  patch.dataset.s = String(s);
  return patch;
}

function pictureOf(trace: Trace): HTMLImageElement {
  const image = make('img');
  image.src = trace.image; // its form was checked above; it never was an address of anything else
  image.alt = `the ${trace.hName} as the model sees it`;
  return image;
}

function modeButton(trace: Trace, name: Mode, title: string, help: string, choose: () => void): HTMLElement {
  const node = radio('dr-policy', name === 'pushed' && !trace.answers ? 'effect on text (estimate)' : title, choose);
  node.dataset.mode = name;
  node.title = help;
  return node;
}

function patchWords(trace: Trace, { read, gain, pushed, opened }: Values, s: number, by: string): string {
  const words = [`read${by} ${percent(read ? read[s] : 0)}`];
  if (trace.answers && gain) words.push(`adds ${signed(gain[s], 3)}`);
  if (pushed) words.push(`effect on the answer ${signed(pushed[s], 3)}`);
  if (opened) words.push(`effect on reading ${signed(opened[s], 3)}`);
  return `${trace.contextTokens[s]}: ${words.join(', ')}`;
}
