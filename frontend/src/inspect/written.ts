/** A text the model writes: no sum that the page could replay, so a change of route asks the server to write anew. */
import type { Written as WrittenPayload } from '../contracts';
import { percent, quote, withoutStop } from '../core/format';
import { lookedAt } from '../core/readouts';
import { type Outcome, type View, routeKey } from '../core/replay';
import type { Trace, Written } from '../core/trace';
import type { Answer } from '../page/component';
import { requestOf } from '../page/inspected';
import { requestQueue } from '../page/requests';
import { button, finder, make, press, setText } from '../ui/dom';
import { rovingRow } from '../ui/roving';

export type RewriteRequest = ReturnType<typeof requestOf> & { key: string };
export type Rewritten = Answer<{ key: string; written: WrittenPayload }>;

const RERUN = 'Changing the routing regenerates the text on the server';

export interface WrittenText {
  build(trace: Trace, view: View): void;
  /** After a decision: the same route as of the text on screen needs no rerun. */
  follow(view: View, outcome: Outcome): void;
  arrived(answer: Rewritten | null | undefined): void;
  /** -1 for none. */
  select(piece: number): void;
}

export function writtenText(
  root: HTMLElement,
  onPiece: (piece: number) => void,
  send: (request: RewriteRequest) => void,
  onWritten: (written: WrittenPayload, view: View) => void,
  onState: (failed: boolean) => void,
): WrittenText {
  const part = finder(root, 'dr');
  const box = part('written');
  const list = part('texts');
  const status = part('rewrite-status');
  const again = part('rewrite');
  let trace: Trace | null = null;
  let route = ''; // of the text on screen, or of the one that was asked for
  let asked: View; // the decision that it was asked for
  const queue = requestQueue(send, (error, { key }: RewriteRequest) => {
    if (key !== trace?.key) return;
    route = '';
    status.textContent = `Not regenerated: ${withoutStop(error)}. The text above belongs to another route.`;
    again.hidden = false;
    onState(true);
  });
  const ask = (of: Trace, view: View, wanted: string) => {
    route = wanted;
    asked = { ...view, overrides: new Map(view.overrides) };
    box.classList.add('waiting');
    onState(false);
    again.hidden = true;
    status.textContent = `${RERUN}: running …`;
    queue.ask({ key: of.key, ...requestOf(of, view) });
  };
  const show = (written: Written) => {
    list.replaceChildren(...writtenCards(written, onPiece));
    rovingRow(list, list.querySelectorAll('.dr-piece'));
    box.classList.remove('waiting');
    again.hidden = true;
    status.textContent = `${RERUN}.`;
  };
  return {
    build(next, view) {
      trace = next;
      box.hidden = trace.answers;
      if (!trace.written) return;
      route = routeKey(trace, view);
      show(trace.written);
    },
    follow(view, outcome) {
      if (!trace || trace.answers) return;
      const of = trace;
      const wanted = outcome.weights.join();
      again.onclick = () => ask(of, view, wanted);
      if (wanted !== route) ask(of, view, wanted);
    },
    arrived(answer) {
      if (!answer || !queue.accepts(answer) || answer.error != null) return;
      if (answer.key !== trace?.key) return;
      onWritten(answer.written, asked);
      if (trace.written) show(trace.written);
    },
    select(piece) {
      list.querySelectorAll('.dr-piece').forEach((node, n) => press(node, n === piece));
      const words = part('piece-words');
      setText(words, piece < 0 || !trace ? (words.dataset.hint ?? '') : pieceWords(trace, piece));
    },
  };
}

function writtenCards(written: Written, onPiece: (piece: number) => void): HTMLElement[] {
  const { text, alternatives } = written;
  const pieces = writtenPieces(written, onPiece);
  const cards = [writtenCard('As routed', 'at this setting', pieces.length ? pieces : [text])];
  if (alternatives.direct != null) cards.push(writtenCard('Without context', 'no word reads', [alternatives.direct]));
  if (alternatives.merged != null) cards.push(writtenCard('Full context', 'every word reads', [alternatives.merged]));
  return cards;
}

/** Pieces as buttons, with what stands between them in the text. */
function writtenPieces({ tokens, text, probs, copied }: Written, onPiece: (piece: number) => void): (string | Node)[] {
  let at = 0;
  return tokens.flatMap((token, n) => {
    const piece = token.replace(/^##/, '');
    const from = text.indexOf(piece, at);
    const gap = from < 0 ? ' ' : text.slice(at, from);
    if (from >= 0) at = from + piece.length;
    const node = button('dr-piece', piece);
    node.title = `probability ${percent(probs[n])}, copied ${percent(copied[n])}`;
    node.setAttribute('aria-label', `${piece}: ${node.title}. Show where it looked.`);
    node.addEventListener('click', () => onPiece(n));
    return [gap, node];
  });
}

function writtenCard(title: string, detail: string, content: (string | Node)[]): HTMLElement {
  const card = make('div', 'dr-card');
  const head = make('p', 'dr-card-head');
  const text = make('p', 'dr-card-text');
  head.append(make('b', '', title), make('small', '', detail));
  text.append(...content);
  card.append(head, text);
  return card;
}

function pieceWords(trace: Trace, n: number): string {
  const { tokens, probs, copied } = trace.written!;
  const looks = trace.tokens
    .map((token, t): [string, number] => [token, lookedAt(trace, n, t)])
    .sort(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([token, share]) => `${quote(token)} ${percent(share)}`);
  const probability = `probability ${percent(probs[n])}, ${percent(copied[n])} of it copied from the ${trace.xName}`;
  return `${quote(tokens[n])}: ${probability}. It looked at ${looks.join(', ')}.`;
}
