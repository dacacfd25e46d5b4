/** The page's script: one global, `DualRoute`, whose `mount` puts a component to life. */
import { mountCompare } from './compare/mount';
import { mountInspect } from './inspect/mount';
import { mountNotice } from './notice/notice';
import type { Host } from './page/component';
import { mountResults } from './results/report';
import { mountTour } from './tour/tour';

export { openViews } from './saved/views';

const COMPONENTS = {
  compare: mountCompare,
  inspect: mountInspect,
  notice: mountNotice,
  results: mountResults,
  tour: mountTour,
};

export type ComponentName = keyof typeof COMPONENTS;

export function mount(name: ComponentName, host: Host): void {
  whenStyled(() => COMPONENTS[name](host));
}

/** What a component measures depends on the style sheet, which may still be on its way. */
function whenStyled(run: () => void): void {
  const link = document.querySelector<HTMLLinkElement>('link[rel=stylesheet][href*="dualroute.css"]');
  if (!link || link.sheet) return run();
  link.addEventListener('load', run, { once: true });
  link.addEventListener('error', run, { once: true });
}
