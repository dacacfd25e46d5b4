/** The page's own boxes around the inspector: what is typed there, and what ends a run. */
import type { TracePayload } from '../contracts';
import type { Trace } from '../core/trace';
import { closest, find } from '../ui/dom';

/** What stands in the boxes may not be what is shown: then a line says so, until it is routed. */
export function unroutedText(root: HTMLElement): { arrived(trace: Trace): void } {
  const notice = find(root, '.dr-unrouted');
  const typed = (name: string) => document.querySelector<HTMLTextAreaElement>(`#${name} textarea`)?.value ?? '';
  const boxes = ({ contextKind }: Trace) => (contextKind === 'image' ? [typed('x')] : [typed('x'), typed('h')]);
  let trace: Trace | null = null;
  let routed = '';
  document.addEventListener('input', (event) => {
    if (!trace || !closest(event, '#x, #h')) return;
    const now = boxes(trace);
    const shown = [trace.x, trace.h].slice(0, now.length);
    notice.hidden = [routed, JSON.stringify(shown)].includes(JSON.stringify(now));
  });
  return {
    // The answer to what stood in the boxes; what the model took of it may be another text, without its odd characters.
    arrived(next) {
      trace = next;
      routed = JSON.stringify(boxes(trace));
      notice.hidden = true;
    },
  };
}

/**
 * A choice of task or example ends a run under way. The server may not know of the run yet, or be done with it: then its
 * answer comes all the same, and too late.
 */
export function endedRuns(): { isLate(payload: TracePayload): boolean } {
  let ended = false;
  const on = (kind: 'input' | 'click' | 'keydown', where: string, now: boolean) =>
    document.addEventListener(
      kind,
      (event) => {
        if (closest(event, where) && (kind !== 'keydown' || (event as KeyboardEvent).key === 'Enter')) ended = now;
      },
      true,
    );
  on('input', '#task', true);
  on('click', '#examples', true);
  on('click', '#run', false);
  on('input', '#layer', false);
  on('keydown', '#x, #h', false);
  return { isLate: (payload) => ended && payload.run === true };
}
