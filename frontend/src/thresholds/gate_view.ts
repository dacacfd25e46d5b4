/** What the tab shows of a gate of a language model at the slider's θ: nats per token of given answers. */
import { thetaText } from '../core/format';
import type { Curve } from '../core/rows/choose';
import { cheapestReaching } from '../core/rows/choose';
import { shareText } from '../core/rows/format';
import { type GateIntervals, changeInterval, gateIntervals } from '../core/rows/gate_intervals';
import {
  type AtGate,
  type GatePart,
  type GateRows,
  type RowChange,
  gateChanges,
  gateCurve,
  gatePart,
  measureGate,
} from '../core/rows/gate_rows';
import {
  type GateChoice,
  changedWords,
  chooseGateTheta,
  gainText,
  gateChoiceWords,
  gateHeadlines,
  gateWords,
  intervalText,
  natsText,
  settledGateWords,
  withinShare,
} from '../core/rows/gate_words';
import { type Trace } from '../page/plotly';
import { check, finder, make, radio, setText } from '../ui/dom';
import { rovingRow } from '../ui/roving';
import { readFields } from './fields';
import { controlLines, gateFigure } from './gate_figure';
import { saidOf, showHeadlines } from './headlines';
import { NO_GOAL, NO_THETAS, type RowsView } from './rows_view';
import { controlTable, gateChangesTable, groupTable } from './tables';

const REST = 160; // ms without a change until what takes longer than a frame is drawn
const PAGE = 25;
const ABOVE = 0.1; // nats above those of reading always, that the field begins with

export interface GateView {
  rows(): GateRows | null;
  /** The figures at the slider's θ; null while another kind of rows is on screen. */
  at(): AtGate | null;
  show(rows: GateRows): void;
  /** Show none, and give up what is being computed. */
  clear(): void;
  /** The slider's frame. */
  paint(): void;
  curve(): Curve | null;
  /** The name of the group of passages. */
  group(): string;
  setGroup(name: string): void;
  choose(): void;
  choices(): Record<string, GateChoice | null>;
  /** The rows that change between the two θs. */
  changes(): RowChange[];
  /** The words of what is on screen, with intervals. */
  settled(done: (words: string) => void): void;
}

interface Group {
  part: GatePart;
  curve: Curve;
  lines: Trace[];
}

export function gateView(root: HTMLElement, view: RowsView): GateView {
  const part = finder(root, 'th');
  let rows: GateRows | null = null;
  let group = 0;
  let groups: (Group | null)[] = [];
  let choices: Record<string, GateChoice | null> = {};
  let resting: ReturnType<typeof setTimeout>;
  let stops: (() => void)[] = [];
  let shown = PAGE;

  const stop = () => {
    clearTimeout(resting);
    stops.forEach((each) => each());
    stops = [];
  };

  function groupAt(place: number): Group {
    const made = gatePart(rows!, place);
    return (groups[place] ??= { part: made, curve: gateCurve(made), lines: controlLines(made) });
  }

  const title = (place: number) => rows!.payload.groups[place][1];

  function paint() {
    if (!rows) return;
    stop();
    delete root.dataset.interval;
    const { part: of } = groupAt(group);
    const at = measureGate(of, view.theta());
    setText(part('answer'), gateWords(of, title(group), at, null));
    showHeadlines(part('headlines'), gateHeadlines(of, at, null));
    root.dataset.moving = 'yes';
    view.handle.show({ theta: at.theta, share: at.share, height: at.nll });
    resting = setTimeout(() => atRest(at), REST);
  }

  function atRest(at: AtGate) {
    delete root.dataset.moving;
    const { part: of } = groupAt(group);
    drawCurve(at, null);
    drawTables(at, null);
    if (part<HTMLInputElement>('follow').checked) part<HTMLInputElement>('other').value = String(at.theta);
    showCompared();
    root.dataset.theta = String(at.theta);
    const ofGroups: (GateIntervals | null)[] = rows!.payload.groups.map(() => null);
    stops = ofGroups.map((_, place) =>
      gateIntervals(groupAt(place).part, at.theta, (intervals) => {
        ofGroups[place] = intervals;
        if (place === group) {
          const headlines = gateHeadlines(of, at, intervals);
          setText(part('answer'), gateWords(of, title(group), at, intervals));
          showHeadlines(part('headlines'), headlines);
          setText(part('said'), saidOf(at.theta, headlines));
          drawCurve(at, intervals);
        }
        if (ofGroups.some((each) => !each)) return;
        drawTables(at, ofGroups);
        root.dataset.interval = String(at.theta);
      }),
    );
  }

  function drawCurve(at: AtGate, intervals: GateIntervals | null) {
    const { curve, lines } = groupAt(group);
    const label = `Nats per token by share of tokens that read. ${part('answer').textContent}`;
    view.plots.curve.show(gateFigure(lines, curve, at, intervals?.nll ?? null), label);
  }

  function drawTables(at: AtGate, intervals: (GateIntervals | null)[] | null) {
    const lines = rows!.payload.groups.map(([, name], place) => ({
      name,
      at: measureGate(groupAt(place).part, at.theta),
      intervals: intervals?.[place] ?? null,
      here: place === group,
    }));
    part('facets').replaceChildren(groupTable(lines));
    part('controls').replaceChildren(controlTable(at, intervals?.[group] ?? null));
  }

  function compared(): [number, number] | null {
    return rows ? view.compared() : null;
  }

  const changes = () => {
    const thetas = compared();
    return thetas ? gateChanges(groupAt(group).part, ...thetas) : [];
  };

  function showCompared() {
    const thetas = compared();
    part('kinds').replaceChildren();
    part('more').hidden = true;
    if (!thetas) {
      setText(part('pair-words'), NO_THETAS);
      return part('changed').replaceChildren();
    }
    const { part: of } = groupAt(group);
    const [a, b] = thetas.map((theta) => measureGate(of, theta));
    const interval = changeInterval(of, ...thetas);
    const difference = a.nll === b.nll ? '' : `: ${gainText(b.nll - a.nll, null)}, ${intervalText(interval)}`;
    setText(
      part('pair-words'),
      `From θ₁ = ${thetaText(a.theta)} to θ₂ = ${thetaText(b.theta)}: tokens that read ${shareText(a.share)} → ` +
        `${shareText(b.share)}, nats per token ${natsText(a.nll)} → ${natsText(b.nll)}${difference}.`,
    );
    const all = changes();
    const note = make('p', 'th-hint', changedWords(all.length, of.rows.length));
    const table = all.length ? [gateChangesTable(rows!, all.slice(0, shown))] : [];
    part('changed').replaceChildren(note, ...table);
    part('more').hidden = shown >= all.length;
    setText(part('more'), `Show ${Math.min(PAGE, all.length - shown)} more of ${all.length}`);
  }

  function choose() {
    if (!rows) return;
    const { share, quality } = readFields(part);
    const pick = (given: number | null, best: (curve: Curve) => number | null) =>
      given === null ? null : chooseGateTheta(rows!, group, best);
    choices = {
      share: pick(share, withinShare(share! / 100)),
      quality: pick(quality, (curve) => cheapestReaching(curve, -quality!)),
    };
    for (const [name, given] of Object.entries({ share, quality })) {
      setText(part(`by-${name}`), given === null ? NO_GOAL : gateChoiceWords(choices[name]));
      part(`take-${name}`).hidden = !choices[name];
    }
  }

  function setGroup(place: number) {
    group = place;
    shown = PAGE;
    check(part('groups').children, (_, i) => i === group);
    choose();
    paint();
  }

  for (const name of ['share', 'quality']) {
    part(name).addEventListener('input', choose);
    part(`take-${name}`).addEventListener('click', () => {
      const choice = rows && choices[name];
      if (choice) view.setTheta(choice.theta);
    });
  }
  for (const name of ['one', 'other'])
    part(name).addEventListener('input', () => {
      if (rows) showCompared();
    });
  part('more').addEventListener('click', () => {
    if (!rows) return;
    shown += PAGE;
    showCompared();
  });

  return {
    rows: () => rows,
    at: () => rows && measureGate(groupAt(group).part, view.theta()),
    show(next) {
      const fresh = rows !== next;
      rows = next;
      if (fresh) {
        groups = next.payload.groups.map(() => null);
        group = 0;
        const all = measureGate(groupAt(0).part, 0);
        part<HTMLInputElement>('quality').value = (all.merged + ABOVE).toFixed(2);
        const buttons = next.payload.groups.map(([, name], place) => radio('th-kind', name, () => setGroup(place)));
        part('groups').replaceChildren(...buttons);
        rovingRow(part('groups'));
        part('facets-by').replaceChildren();
        view.setTheta(next.payload.theta);
      }
      setText(part('least'), 'At most');
      setText(part('word'), 'nats per token');
      setGroup(group);
    },
    clear() {
      stop();
      rows = null;
    },
    paint,
    curve: () => (rows ? groupAt(group).curve : null),
    group: () => rows?.payload.groups[group][0] ?? '',
    setGroup(name) {
      const place = rows?.payload.groups.findIndex(([each]) => each === name) ?? -1;
      if (place >= 0) setGroup(place);
    },
    choose,
    choices: () => choices,
    changes,
    settled(done) {
      const { part: of } = groupAt(group);
      const at = measureGate(of, view.theta());
      gateIntervals(of, at.theta, (intervals) => done(settledGateWords(of, title(group), at, intervals)));
    },
  };
}
