/**
 * A context that is a picture: one small copy for each track, its patches coloured by their scores. On its own scale the
 * strongest patch has full colour: beside one telling word all patches would be pale.
 */
import { scoreScale } from '../core/reading';
import type { Trace } from '../core/trace';
import { PNG_ADDRESS } from '../inspect/picture';
import { make, setText } from '../ui/dom';
import { type FigureRow, type Scale, type Unit, numberWords } from './rows';

/** status: where the numbers of a patch are said. */
export function patchPictures(
  box: HTMLElement,
  trace: Trace,
  rows: FigureRow[],
  status: HTMLElement,
  scale: Scale,
): void {
  box.replaceChildren(...rows.map((row) => pictureOf(trace, row, status, scale)));
}

function pictureOf(trace: Trace, row: FigureRow, status: HTMLElement, scale: Scale): HTMLElement {
  const strongest = [...row.units].sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const most: Unit | undefined = strongest.at(0);
  const top = scale === 'one' ? row.top : scoreScale([most?.value ?? 0], row.gate);
  const patches = make('div', `wb-patches ${row.kind}`);
  patches.style.setProperty('--side', String(Math.max(1, Math.round(Math.sqrt(trace.S)))));
  patches.append(...row.units.map((unit) => patchOf(trace, row, unit, top)));
  patches.addEventListener('pointerover', ({ target }) => {
    const { title } = target as HTMLElement;
    if (title) setText(status, title);
  });
  patches.addEventListener('pointerleave', () => setText(status, status.dataset.hint ?? ''));
  const named = ({ from, value }: Unit) => `${trace.contextTokens[from]} ${numberWords(row, value)}`;
  const frame = make('div', 'wb-frame');
  frame.setAttribute('role', 'img');
  frame.setAttribute('aria-label', `${row.short}. Strongest: ${strongest.slice(0, 3).map(named).join('; ')}`);
  if (PNG_ADDRESS.test(trace.image)) {
    const image = make('img');
    image.src = trace.image; // its form was checked above
    image.alt = '';
    frame.append(image);
  }
  frame.append(patches);
  const caption = make('figcaption');
  caption.append(make('b', '', row.title), make('small', '', row.detail));
  if (row.stale) caption.append(make('em', '', `out of date: computed for ${row.stale}`));
  if (row.warning) caption.append(make('em', '', row.warning));
  if (most?.value)
    caption.append(make('small', '', `strongest: ${trace.contextTokens[most.from]}, ${numberWords(row, most.value)}`));
  const figure = make('figure', `wb-picture${row.stale ? ' is-stale' : ''}`);
  figure.append(frame, caption);
  return figure;
}

function patchOf(trace: Trace, row: FigureRow, unit: Unit, top: number): HTMLElement {
  const node = make('i', unit.value < 0 ? 'neg' : '');
  node.style.setProperty('--v', Math.min(1, Math.abs(unit.value) / top).toFixed(3));
  node.title = `${trace.contextTokens[unit.from]}: ${row.short} ${numberWords(row, unit.value)}`;
  return node;
}
