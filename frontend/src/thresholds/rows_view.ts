/** What the tab shows of rows at the slider's θ. */
import { thetaText } from '../core/format';
import { type Choice, type Curve, bestWithin, chooseTheta, cheapestReaching } from '../core/rows/choose';
import { qualityText, shareText } from '../core/rows/format';
import { type Intervals, intervalsOf } from '../core/rows/intervals';
import { calibrationOf, measure } from '../core/rows/measure';
import type { Interval } from '../core/rows/resample';
import { statesAt } from '../core/rows/rows';
import { headlines } from '../core/rows/headline';
import { type AtTheta, calibrationWords, choiceWords, rowsWords } from '../core/rows/words';
import type { PlotNode } from '../page/plotly';
import { check, finder, radio, setText } from '../ui/dom';
import { rovingRow } from '../ui/roving';
import type { ChangesPanel } from './changes';
import { readFields } from './fields';
import { curveFigure, priceFigure, reliabilityFigure } from './figures';
import { type CurveHandle, curveHandle } from './handle';
import { saidOf, showHeadlines } from './headlines';
import { type Plot, plotInto } from './plot';
import type { Study } from './study';
import { facetTable } from './tables';

export const NO_GOAL = 'Enter a number from 0 to 100.';
export const NO_THETAS = 'Enter a θ from 0 to 1 in both fields.';
const REST = 160; // ms without a change until what takes longer than a frame is drawn

export type ChoiceName = 'share' | 'quality';

/** intervals: on the half that did not choose, once they are there. */
export type ShownChoice = Choice & { interval?: Intervals };

export interface RowsView {
  study(): Study | null;
  theta(): number;
  setTheta(theta: number): void;
  /** The slider's frame; also without rows. */
  paint(): void;
  show(study: Study): void;
  /** Show none, and give up what is being computed. */
  clear(): void;
  /** The θs for the budget and the wanted quality. */
  choices(): Record<ChoiceName, ShownChoice | null>;
  choose(): void;
  /** Title of the parts shown. */
  facet(): string;
  setFacet(title: string): void;
  /** The two θs compared; null where one is none. */
  compared(): [number, number] | null;
  plots: { curve: Plot; price: Plot; reliability: Plot };
  handle: CurveHandle;
}

/** onTheta: in every frame, before anything of the rows. otherCurve: of what is on screen instead of rows. */
export function rowsView(
  root: HTMLElement,
  changes: ChangesPanel,
  onTheta: (theta: number) => void,
  otherCurve: () => Curve | null,
): RowsView {
  const part = finder(root, 'th');
  const slider = part<HTMLInputElement>('slider');
  const url = root.dataset.plotly ?? '';
  const plotOf = (name: string) => plotInto(part<PlotNode & HTMLElement>(name), url);
  const plots = { curve: plotOf('curve'), price: plotOf('price'), reliability: plotOf('reliability') };
  let study: Study | null = null;
  let facet = 0;
  let shownFacets: Study | null = null; // whose titles are offered
  let choices: Record<ChoiceName, ShownChoice | null> = { share: null, quality: null };
  let frame = 0;
  let resting: ReturnType<typeof setTimeout>;
  let stopIntervals: (() => void) | null = null;
  let stopChoices: (() => void) | null = null;

  const theta = () => Number(slider.value);
  const handle = curveHandle(root, plots.curve, { curve: () => study?.curve() ?? otherCurve(), theta, setTheta });

  /** What follows the slider in the same frame. */
  function paint() {
    frame = 0;
    setText(part('value'), thetaText(theta()));
    onTheta(theta());
    if (!study) return;
    stopIntervals?.();
    delete root.dataset.interval;
    const of = study;
    const states = statesAt(of.rows, theta());
    const at: AtTheta = { theta: theta(), ...measure(of.rows, states) };
    setText(part('answer'), rowsWords(of.rows, at, of.all, null));
    showHeadlines(part('headlines'), headlines(of.rows, states, at, of.all, null));
    root.dataset.moving = 'yes';
    handle.show({ theta: at.theta, share: at.share, height: 100 * at.quality });
    clearTimeout(resting);
    resting = setTimeout(() => {
      if (study === of) atRest(of, states, at);
    }, REST);
  }

  /** What takes longer than a frame waits until the slider rests. */
  function atRest(of: Study, states: Int32Array, at: AtTheta) {
    delete root.dataset.moving;
    showCurves(of, at, null);
    showFacets(of, states);
    const calibration = calibrationOf(of.rows, states);
    const words = calibrationWords(of.rows, calibration);
    setText(part('ece'), words);
    plots.reliability.show(reliabilityFigure(of.rows, calibration), words);
    if (part<HTMLInputElement>('follow').checked) part<HTMLInputElement>('other').value = String(at.theta);
    showCompared(of);
    root.dataset.theta = String(at.theta);
    stopIntervals?.();
    stopIntervals = intervalsOf(of.rows, states, of.reading, (intervals) => {
      const shown = headlines(of.rows, states, at, of.all, intervals);
      setText(part('answer'), rowsWords(of.rows, at, of.all, intervals));
      showHeadlines(part('headlines'), shown);
      setText(part('said'), saidOf(at.theta, shown));
      showCurves(of, at, intervals.quality);
      root.dataset.interval = String(at.theta);
      judgeChoices(of);
    });
  }

  function showCurves(of: Study, at: AtTheta, interval: Interval | null) {
    const words = `${of.rows.title}. ${part('answer').textContent}`;
    plots.curve.show(curveFigure(of, at, interval), `Quality by share of tokens that read, ${words}`);
    part('of-price').hidden = !of.rows.operations || part('price').hidden; // a file without pictures has none
    if (of.rows.operations) plots.price.show(priceFigure(of, at, interval), `Quality by operations, ${words}`);
  }

  function showFacets(of: Study, states: Int32Array) {
    const box = part('facets-by');
    const { facets } = of.rows;
    if (shownFacets !== of) {
      shownFacets = of;
      facet = Math.min(facet, facets.length - 1);
      const choose = (i: number) => () => {
        facet = i;
        showFacets(of, statesAt(of.rows, theta()));
      };
      box.replaceChildren(...facets.map(({ title }, i) => radio('th-kind', title, choose(i))));
      rovingRow(box);
    }
    check(box.children, (_, i) => i === facet);
    part('facets').replaceChildren(facetTable(of, facets[facet], states));
  }

  function compared(): [number, number] | null {
    const { one, other } = readFields(part);
    return one === null || other === null ? null : [one, other];
  }

  function showCompared({ rows }: Study) {
    const thetasCompared = compared();
    if (!thetasCompared) {
      setText(part('pair-words'), NO_THETAS);
      return changes.clear();
    }
    const [one, other] = thetasCompared;
    const before = statesAt(rows, one);
    const after = statesAt(rows, other);
    const a = measure(rows, before);
    const b = measure(rows, after);
    const thetas = `From θ₁ = ${thetaText(one)} to θ₂ = ${thetaText(other)}`;
    const shares = `tokens that read ${shareText(a.share)} → ${shareText(b.share)}`;
    const qualities = `${rows.word} ${qualityText(rows, a.quality)} → ${qualityText(rows, b.quality)}`;
    setText(part('pair-words'), `${thetas}: ${shares}, ${qualities}.`);
    changes.show(rows, before, after);
  }

  function choose() {
    if (!study) return;
    const { rows } = study;
    const halves = study.halves();
    const { share, quality } = readFields(part);
    const pick = (given: number | null, best: (curve: Curve, goal: number) => number | null) =>
      given === null ? null : chooseTheta(rows, halves, (curve) => best(curve, given / 100));
    choices = { share: pick(share, bestWithin), quality: pick(quality, cheapestReaching) };
    const given = { share, quality };
    for (const name of ['share', 'quality'] as const) {
      const choice = choices[name];
      setText(part(`by-${name}`), given[name] === null ? NO_GOAL : choiceWords(rows, choice));
      part(`take-${name}`).hidden = !choice;
    }
  }

  /** What the choices are worth, with intervals: after those of the slider's θ, which are waited for. */
  function judgeChoices(of: Study) {
    const { rows, reading } = of;
    stopChoices?.();
    const stops = Object.entries(choices).flatMap(([name, choice]) => {
      if (!choice) return [];
      const show = (intervals: Intervals) => {
        choice.interval = intervals;
        setText(part(`by-${name}`), choiceWords(rows, choice, intervals));
      };
      return [intervalsOf(rows, statesAt(rows, choice.theta), reading, show, of.halves().judge)];
    });
    stopChoices = () => stops.forEach((stop) => stop());
  }

  function moved() {
    frame ||= requestAnimationFrame(paint);
  }

  function setTheta(value: number) {
    slider.value = String(value);
    moved();
  }

  slider.addEventListener('input', moved);
  for (const name of ['share', 'quality'] as const) {
    part(name).addEventListener('input', () => {
      choose();
      if (study) judgeChoices(study);
    });
    part(`take-${name}`).addEventListener('click', () => {
      const choice = study && choices[name];
      if (choice) setTheta(choice.theta);
    });
  }
  for (const name of ['one', 'other'])
    part(name).addEventListener('input', () => {
      if (study) showCompared(study);
    });
  part('other').addEventListener('input', () => (part<HTMLInputElement>('follow').checked = false));

  return {
    study: () => study,
    theta,
    setTheta,
    paint,
    show(next) {
      const fresh = study !== next;
      study = next;
      const { rows, all } = next;
      setText(part('least'), 'At least');
      setText(part('word'), rows.percent ? '% right' : rows.word);
      if (fresh) {
        part<HTMLInputElement>('quality').value = (100 * all.quality - 0.5).toFixed(1);
        slider.value = String(rows.theta);
        choose();
      }
      paint();
    },
    clear() {
      stopIntervals?.();
      stopChoices?.();
      clearTimeout(resting);
      changes.clear();
      study = null;
      handle.show(null);
    },
    choices: () => choices,
    choose,
    facet: () => study?.rows.facets[facet]?.title ?? '',
    setFacet(title) {
      const place = study?.rows.facets.findIndex((each) => each.title === title) ?? -1;
      if (place >= 0) facet = place;
    },
    compared,
    plots,
    handle,
  };
}
