/** Which sentence, or which passage, made the answer likely: each was left out in turn. */
import type { SourcesPayload } from '../contracts';
import { largestSize, unpack } from '../core/arrays';
import { clip, count, signed } from '../core/format';
import type { LanguageTrace, Word } from '../core/language';
import { offerChoice } from '../ui/choice';
import { type Find, make, setText } from '../ui/dom';
import type { Mark } from './inputs';

export type By = 'sentence' | 'passage';
type Measure = 'routed' | 'effect' | 'gate';

const MEASURES: [name: Measure, words: string, help: string][] = [
  ['routed', 'probability', 'log-probability of the answer as routed'],
  ['effect', 'effect of reading', 'log-probability with the passage minus without it'],
  ['gate', 'gate', 'how much the token wants to read'],
];
const SEEN = 0.05; // of a change that a passage shows

export interface Sources {
  /** Of the answer on screen; null for none. */
  show(trace: LanguageTrace | null, payload: SourcesPayload | null): void;
  /** word: the word that is pointed at; null for the whole answer. */
  point(word: Word | null): void;
  by(): By;
}

export function sourcesView(part: Find, marked: (marks: Mark[]) => void, changed: () => void): Sources {
  let trace: LanguageTrace | null = null;
  let payload: SourcesPayload | null = null;
  let word: Word | null = null;
  let measure: Measure = 'routed';
  let by: By = 'sentence';

  offerChoice<By>(
    part('by'),
    'lm-choice',
    [
      ['sentence', 'sentence by sentence'],
      ['passage', 'passage by passage'],
    ],
    by,
    (name) => {
      by = name;
      changed();
    },
  );
  offerChoice<Measure>(part('measure'), 'lm-choice', MEASURES, measure, (name) => {
    measure = name;
    paint();
  });

  /** What each part adds: to the sum of the log-probabilities, or to the mean gate, of the word or the answer. */
  function effects(): number[] {
    const { T } = trace!;
    const values = unpack(payload![measure]);
    const [from, to] = word ? [word.from, word.to] : [0, T];
    return payload!.parts.map((_, u) => {
      let sum = 0;
      for (let t = from; t < to; t++) sum += values[u * T + t];
      return measure === 'gate' ? sum / (to - from) : sum;
    });
  }

  function paint() {
    const box = part('parts');
    const fits = trace && payload?.done && payload.answerKey === trace.payload.key && payload.by === by;
    if (!fits) {
      box.replaceChildren();
      marked([]);
      return;
    }
    const found = effects();
    const most = largestSize(found);
    const about = word ? `“${clip(word.text, 30)}”` : 'the whole answer';
    const unit = measure === 'gate' ? 'change of the gate' : 'change of the log-probability, in nats';
    const caption = make('p', 'dr-hint', `For ${about}: ${unit}, with the ${by} minus without it. Point at a word of the answer to see its own.`); // prettier-ignore
    const rows = payload!.parts.map((one, u) => {
      const row = make('div', 'lm-part');
      const bar = make('span', `lm-part-bar ${found[u] < 0 ? 'neg' : ''}`);
      const fill = make('i');
      fill.style.transform = `scaleX(${(Math.abs(found[u]) / Math.max(most, SEEN)).toFixed(4)})`;
      bar.append(fill);
      const text = make('span', 'lm-part-text', one.text.trim());
      text.dir = 'auto';
      row.append(make('b', '', one.input), bar, make('span', 'lm-part-number', signed(found[u])), text);
      return row;
    });
    box.replaceChildren(caption, ...rows);
    const marks = payload!.parts.flatMap(({ input, start, end }, u) =>
      input === 'passage' && found[u] > SEEN ? [{ start, end, share: found[u] / most }] : [],
    );
    marked(measure === 'gate' ? [] : marks);
  }

  return {
    show(next, found) {
      trace = next;
      payload = found;
      word = null;
      const own = found?.done && found.answerKey === next?.payload.key;
      if (own && found)
        setText(
          part('find-words'),
          found.seconds ? `${count(found.parts.length, 'part')}, ${found.seconds.toFixed(1)} s.` : '',
        );
      else setText(part('find-words'), '');
      paint();
    },
    point(next) {
      if (next === word) return;
      word = next;
      paint();
    },
    by: () => by,
  };
}
