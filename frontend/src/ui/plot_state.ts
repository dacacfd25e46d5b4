/** What stands in a plot's place until it is drawn, and where it cannot be. */
import { button } from './dom';

/** Draw into `node`; a failure is told there, with a button that draws again. */
export async function drawWithState(node: HTMLElement, draw: () => Promise<unknown>): Promise<void> {
  if (!node.dataset.drawn) node.dataset.plot = 'loading';
  try {
    await draw();
    delete node.dataset.plot;
    node.dataset.drawn = 'yes';
  } catch {
    if (node.dataset.drawn) return; // the last one still stands
    node.dataset.plot = 'failed';
    offerAgain(node, () => void drawWithState(node, draw));
  }
}

function offerAgain(node: HTMLElement, again: () => void): void {
  if (node.nextElementSibling?.classList.contains('plot-again')) return;
  const retry = button('plot-again', 'Try again');
  retry.addEventListener('click', () => {
    retry.remove();
    again();
  });
  node.after(retry);
}
