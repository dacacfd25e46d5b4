/** One or two views in a file of their own. */
import { mountCompare } from '../compare/mount';
import { clip } from '../core/format';
import { mountInspect } from '../inspect/mount';
import type { SavedView } from '../inspect/saver';
import { find, make } from '../ui/dom';
import { NO_SERVER, followSystemTheme, savedData, savedHost, savedPart, savedSection, savedTitle } from './frame';

export function openViews(): void {
  followSystemTheme();
  const { views } = savedData<{ views: SavedView[] }>();
  savedTitle(clip(views[0].payload.x, 60));
  if (views.length > 1) openPair(views);
  views.forEach((view, i) => openView(view, i, views.length > 1 ? 'AB'[i] : ''));
}

/** Two views: their comparison, alive, above both. */
function openPair(views: SavedView[]): void {
  const rows = views.map(({ payload, ignored }) => {
    const { policy, threshold: theta, overrides } = payload;
    return { payload, view: { policy, theta, overrides, ignored } };
  });
  const element = savedPart(savedSection('A and B compared'), 'compare', 'pair');
  mountCompare(savedHost(element, { value: { choices: [], rows } }));
}

function openView({ payload, attribution }: SavedView, place: number, name: string): void {
  const section = savedSection(name);
  section.append(inputLine(payload.xName, payload.x));
  if (payload.h) section.append(inputLine(payload.hName, payload.h));
  const element = savedPart(section, 'inspect', place);
  noteWhatIsMissing(element);
  mountInspect(savedHost(element, { value: payload, attribution }));
}

function inputLine(name: string, text: string): HTMLElement {
  const line = make('p', 'saved-input');
  line.append(make('b', '', name), make('span', '', text));
  return line;
}

function noteWhatIsMissing(element: HTMLElement): void {
  find(element, '.dr-again').after(make('span', 'saved-note', `It cannot be computed again here: ${NO_SERVER}.`));
}
