/** The point of the slider's θ on the curve: dragged along it, or moved by the keyboard. */
import { type Curve, nextShare, thetaAtShare } from '../core/rows/choose';
import { shareText } from '../core/rows/format';
import { thetaText } from '../core/format';
import { finder } from '../ui/dom';
import type { Plot } from './plot';

const PAGE = 0.05; // of the tokens, that a page key goes

interface Options {
  /** null: there is no curve to go along. */
  curve: () => Curve | null;
  theta: () => number;
  setTheta: (theta: number) => void;
}

/** Where θ is on the curve. height: the value of the upward axis. */
export interface HandlePlace {
  theta: number;
  share: number;
  height: number;
}

export interface CurveHandle {
  /** Put it where θ is; null hides it. */
  show(at: HandlePlace | null): void;
}

export function curveHandle(root: HTMLElement, plot: Plot, { curve, theta, setTheta }: Options): CurveHandle {
  const part = finder(root, 'th');
  const node = part('handle');
  const box = part('curve-box');
  let shown: HandlePlace | null = null;

  function place() {
    const at = shown && plot.place(100 * shown.share, shown.height);
    node.hidden = !at;
    if (!at) return;
    node.style.transform = `translate(${at.left}px, ${at.top}px)`;
  }

  function dragTo({ clientX }: PointerEvent) {
    const along = curve();
    const value = plot.valueAt(clientX - box.getBoundingClientRect().left);
    if (along && value !== null) setTheta(thetaAtShare(along, value / 100, theta()));
  }

  node.addEventListener('pointerdown', (event) => {
    node.setPointerCapture(event.pointerId);
    node.focus();
    event.preventDefault(); // no selection of text
  });
  node.addEventListener('pointermove', (event) => {
    if (node.hasPointerCapture(event.pointerId)) dragTo(event);
  });
  node.addEventListener('keydown', (event) => {
    const along = curve();
    if (!along || !shown) return;
    const now = theta();
    const { share } = shown;
    const keys: Record<string, () => number> = {
      ArrowRight: () => nextShare(along, now, 1),
      ArrowUp: () => nextShare(along, now, 1),
      ArrowLeft: () => nextShare(along, now, -1),
      ArrowDown: () => nextShare(along, now, -1),
      PageUp: () => thetaAtShare(along, Math.min(1, share + PAGE), now),
      PageDown: () => thetaAtShare(along, Math.max(0, share - PAGE), now),
      Home: () => 1,
      End: () => 0,
    };
    const move = keys[event.key];
    if (!move) return;
    event.preventDefault();
    setTheta(move());
  });
  plot.onDrawn(place);

  return {
    show(at) {
      shown = at;
      if (at) {
        node.setAttribute('aria-valuenow', (100 * at.share).toFixed(1));
        node.setAttribute('aria-valuetext', `${shareText(at.share)} of the tokens, θ = ${thetaText(at.theta)}`);
      }
      place();
    },
  };
}
