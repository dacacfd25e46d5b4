/**
 * The first window stands before the framework is loaded: its HTML comes with the document, its numbers stand in the
 * framework's configuration there. When the framework brings its own place for a component, the component moves into it.
 */
import { afterPaint } from '../ui/dom';
import type { Host } from './component';
import { addressTab } from './history';
import { type OwnHost, ownHost } from './own_host';

type Mount = (host: Host) => void;

interface Standing extends OwnHost<object> {
  element: HTMLElement;
}

/** What the document says of the framework's components. */
interface Configuration {
  components?: { props: { elem_id?: string; value?: unknown; props?: object } }[];
}

const EARLY = { tour: 'top', inspect: 'inspector' }; // the ids of their places
const standing = new Map<string, Standing>();
let shell: HTMLElement | null = null;

/** Show the first window if the document has one and opens with it; the framework starts when it is painted. */
export function begin(components: Record<string, Mount>): void {
  const start = () => (window as { startFramework?: () => void }).startFramework?.();
  if (showEarly(components)) afterPaint(start);
  else start();
}

function showEarly(components: Record<string, Mount>): boolean {
  const template = document.querySelector<HTMLTemplateElement>('template#dr-early');
  const configuration = (window as { gradio_config?: Configuration }).gradio_config;
  if (!template || !configuration?.components || addressTab() !== 'inspect') return false;
  shell = template.content.firstElementChild!.cloneNode(true) as HTMLElement;
  followTheme();
  document.body.prepend(shell);
  shell.addEventListener('click', markTab);
  for (const [name, id] of Object.entries(EARLY)) {
    const element = shell.querySelector<HTMLElement>(`#${id}`)!;
    const given = configuration.components.find(({ props }) => props.elem_id === id)?.props ?? {};
    const own = ownHost<object>(element, { value: given.value, ...given.props });
    standing.set(name, { ...own, element });
    components[name](own.host);
  }
  return true;
}

/** Whether the component stood already, and has moved to where the framework wants it. */
export function moveEarly(name: string, host: Host): boolean {
  const early = standing.get(name);
  if (!early) return false;
  standing.delete(name);
  const active = document.activeElement;
  move(early.element, host.element);
  early.connect(host);
  if (!standing.size) shell?.remove(); // until then the framework's page is hidden, where nothing takes the focus
  if (active instanceof HTMLElement && active !== document.activeElement) active.focus({ preventScroll: true });
  return true;
}

/** The nodes with all that a visitor has done to them. */
function move(from: HTMLElement, to: HTMLElement): void {
  to.replaceChildren();
  const place = to as HTMLElement & { moveBefore?: (node: Node, before: Node | null) => void }; // newer browsers have it
  for (const node of [...from.childNodes])
    if (place.moveBefore) place.moveBefore(node, null);
    else place.append(node);
}

/** The framework opens the tab that the address names as soon as it is there. */
function markTab({ target }: Event): void {
  const tab = target instanceof Element && target.closest('.dr-early-tabs button');
  if (!tab) return;
  const name = tab.textContent.toLowerCase().split(' ')[0];
  const url = new URL(location.href);
  url.searchParams.delete('tab');
  if (name !== addressTab()) history.pushState(history.state, '', url);
  if (name !== 'inspect') url.searchParams.set('tab', name);
  history.replaceState(history.state, '', url);
  for (const other of tab.parentElement!.children) other.classList.toggle('selected', other === tab);
}

/** As the framework will: light or dark as the address or else the system says. */
function followTheme(): void {
  const asked = new URLSearchParams(location.search).get('__theme');
  const dark = asked === 'dark' || (asked !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.body.classList.toggle('dark', dark);
}
