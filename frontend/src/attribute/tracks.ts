/** Attributions on the tab: what they belong to, and whether they answer what is asked now. */
import type { AttributionPayload, Track as TrackPayload } from '../contracts';
import { sumOf } from '../core/arrays';
import { clip, grouped } from '../core/format';
import { routeKey } from '../core/replay';
import { decisionWords } from '../core/sentence';
import { exactParts, isGate } from '../core/targets';
import type { Trace } from '../core/trace';
import { requestOf, type Subject } from '../page/inspected';

/** What an attribution was computed for. settings: null where nothing was set. */
export interface Origin {
  key: string;
  route: string;
  settings: string | null;
}

type Measured = 'value' | 'baselineValue' | 'change' | 'passes' | 'steps' | 'seconds' | 'route';

export interface Track extends Omit<TrackPayload, Measured>, Origin {
  value?: number;
  baselineValue?: number;
  change: number | null;
  passes: [number, number] | null;
  steps: number | null;
  seconds: number | null;
  /** Of Inspect, not of a run. */
  stored?: boolean;
}

/**
 * A track as it is shown. stale: why it does not answer what is asked now; warning: why its numbers are rough; both empty
 * where there is no reason; help: how far to trust.
 */
export interface ShownTrack extends Track {
  stale: string;
  warning: string;
  help: string;
}

/** What is asked now. settings(method), usual(method): what its numbers depend on, now and with nothing set. */
export interface Asked {
  key: string;
  route: string;
  targets: string[];
  settings: (method: string) => string;
  usual: (method: string) => string;
}

/** Why a track, or a record about it, does not answer what is asked now; empty where it does. */
export function staleWords(track: Origin & { target: string; method: string }, asked: Asked): string {
  if (track.key !== asked.key) return 'another input';
  if (track.route !== asked.route && !isGate(track.target)) return 'another route';
  if (!asked.targets.includes(track.target)) return 'another target';
  const settings = track.settings ?? asked.usual(track.method);
  return settings === asked.settings(track.method) ? '' : 'other settings';
}

const SAMPLED = ['kernel_shap', 'lime']; // regressions on random subsets of the units
const ENOUGH = 10; // samples for each unit

/** Why a track's numbers are rough. */
export function warningOf({ method, parameters, scores, contextScores }: Track): string {
  const samples = Number(parameters.n_samples ?? 0);
  const units = scores.length + contextScores.length;
  if (!SAMPLED.includes(method) || !samples || samples >= ENOUGH * units) return '';
  return `noisy: ${samples} samples for ${units} words; take ${grouped(ENOUGH * units)} in the settings`;
}

/** The subject in words. */
export function subjectWords({ trace, view }: Subject): string {
  const parts = [`${trace.xName} ${quoteLong(trace.x)}`];
  if (trace.image) parts.push(`a ${trace.hName}`);
  else if (trace.h && trace.contextKind !== 'backward') parts.push(`${trace.hName} ${quoteLong(trace.h)}`);
  return `As on screen in Inspect: ${parts.join(', ')}. Reading rule: ${decisionWords(trace, view)}.`;
}

const quoteLong = (text: string) => `“${clip(text.replace(/\s+/g, ' ').trim(), 90)}”`;

/** The part of a request that says of what. */
export const subjectRequest = ({ trace, view }: Subject): { key: string } & ReturnType<typeof requestOf> => ({
  key: trace.key,
  ...requestOf(trace, view),
});

/** The stored or already computed attribution of the inspector, as tracks: never an empty workbench. */
export function inspectorTracks({ trace, attribution }: Subject): Track[] {
  if (attribution?.request.key !== trace.key) return [];
  const { policy, threshold: theta, overrides, label } = attribution.request;
  const flips = new Map(overrides.map(([t, flow]) => [t, trace.flows.indexOf(flow)]));
  const origin = { key: trace.key, route: routeKey(trace, { policy, theta, overrides: flips }), settings: null };
  const target = trace.answers || label ? `prediction:${label}` : 'prediction';
  return [
    { ...origin, ...storedTrack(target, attribution.prediction) },
    { ...origin, ...storedTrack('gate', attribution.gate), ...meanGates(trace, attribution.gate.change) },
  ];
}

/** The mean gate of this input, and of the empty one. */
function meanGates({ reading, T }: Trace, change: number): { value: number; baselineValue: number } {
  const value = sumOf(reading) / T;
  return { value, baselineValue: value - change };
}

function storedTrack(target: string, scores: AttributionPayload['gate']): Omit<Track, keyof Origin> {
  return {
    target,
    label: '',
    method: 'integrated_gradients',
    title: scores.methodTitle,
    signed: true,
    scores: scores.scores,
    contextScores: scores.contextScores,
    groups: [],
    contextGroups: [],
    granularity: 'token',
    parameters: { max_steps: null },
    baseline: 'pad',
    seed: 0,
    sum: sumOf([...scores.scores, ...scores.contextScores]),
    change: scores.change,
    delta: scores.delta,
    passes: null,
    steps: scores.steps,
    seconds: null,
    converged: scores.converged,
    agreement: null,
    stored: true,
  };
}

/** Exact contributions are a sum the page can take by itself, so they are always those of the route on screen. */
export function exactTrack({ trace, outcome }: Subject, target: string, asked: Asked, help: string): ShownTrack | null {
  const parts = exactParts(trace, outcome, target);
  if (!parts) return null;
  return {
    ...parts,
    key: asked.key,
    route: asked.route,
    settings: null,
    target,
    label: '',
    method: 'exact',
    title: 'Contribution (exact sum)',
    signed: true,
    groups: [],
    contextGroups: [],
    granularity: 'token',
    parameters: {},
    baseline: '',
    seed: 0,
    sum: sumOf([...parts.scores, ...parts.contextScores]),
    change: null,
    delta: null,
    passes: [0, 0],
    steps: null,
    seconds: 0,
    converged: true,
    agreement: null,
    stale: '',
    warning: '',
    help,
  };
}

const same = (a: Track, b: Track) => a.key === b.key && a.target === b.target && a.method === b.method;

const MOST_TRACKS = 60;

/**
 * Newer tracks take the place of those of the same input, target and method; the others stay. What Inspect has does not
 * replace the result of a run.
 */
export function adoptTracks(tracks: Track[], found: Track[]): Track[] {
  const fresh = found.filter((track) => !track.stored || !tracks.some((old) => !old.stored && same(old, track)));
  const kept = tracks.filter((old) => !fresh.some((track) => same(old, track)));
  return [...kept, ...fresh].slice(-MOST_TRACKS);
}
