/** The page's script: one global, `DualRoute`, whose `mount` puts a component to life. */
import { mountAttribute } from './attribute/mount';
import { mountCompare } from './compare/mount';
import { mountInspect } from './inspect/mount';
import { mountLanguage } from './language/mount';
import { mountNotice } from './notice/notice';
import { mountResults } from './results/report';
import { moveEarly, begin } from './page/early';
import { ownHost } from './page/own_host';
import type { Host } from './page/component';
import { mountThresholds } from './thresholds/mount';
import { mountTour } from './tour/tour';

export { openLanguage } from './saved/language';
export { openRows } from './saved/rows';
export { openViews } from './saved/views';

const COMPONENTS = {
  attribute: mountAttribute,
  compare: mountCompare,
  inspect: mountInspect,
  language: mountLanguage,
  notice: mountNotice,
  results: mountResults,
  thresholds: mountThresholds,
  tour: mountTour,
};

export type ComponentName = keyof typeof COMPONENTS;

/** What a component gets from the framework is what its own type says; the lines that hand it over are not typed. */
export function mount(name: ComponentName, host: unknown): void {
  if (moveEarly(name, host as Host)) return;
  whenStyled(() => MOUNTS[name](ownHostOf(host as Host)));
}

const MOUNTS = COMPONENTS as Record<ComponentName, (host: Host) => void>;

/** The host of a component that asks the server itself; of any other the one that it was given. */
function ownHostOf(given: Host & { props: { direct?: unknown } }): Host {
  if (!given.props.direct) return given;
  const { host, connect } = ownHost(given.element, given.props);
  connect(given);
  return host;
}

/** What a component measures depends on the style sheet, which may still be on its way. */
function whenStyled(run: () => void): void {
  const link = document.querySelector<HTMLLinkElement>('link[rel=stylesheet][href*="dualroute.css"]');
  if (!link || link.sheet) return run();
  link.addEventListener('load', run, { once: true });
  link.addEventListener('error', run, { once: true });
}

begin(MOUNTS);
