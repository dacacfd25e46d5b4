/** The tracks that have come to the tab, with what else their runs said. */
import type { Agreement, AttributionPayload, AttributionSource, ControlsPayload, RunPayload } from '../contracts';
import type { Subject } from '../page/inspected';
import type { RunOrigin } from './faithful';
import { panelAttributions } from './handed';
import type { RunProgress } from './long_run';
import { methodOf } from './method_table';
import { type Asked, type ShownTrack, type Track, adoptTracks, exactTrack, staleWords, warningOf } from './tracks';

export type RunAnswer = RunProgress & Partial<Pick<RunPayload, 'tracks' | 'agreement'>>;

/** What a run was asked for. */
export interface RunContext extends RunOrigin {
  /** Whether the methods are tested afterwards. */
  tests: boolean;
  decision: Omit<AttributionSource, 'key' | 'label'>;
}

export interface TrackStore {
  /** By method: why it gave nothing. */
  errors: Record<string, string>;
  agreements: (Agreement & { key: string })[];
  add(found: Track[]): void;
  keep(wanted: (track: Track) => boolean): void;
  /** What a run has given so far; returns the attributions that Inspect's panel could show. */
  take(answer: RunAnswer, context: RunContext): AttributionPayload[];
  /** Fresh tracks first, then in the order of targets and methods. */
  shown(subject: Subject, asked: Asked): ShownTrack[];
}

export function trackStore(config: ControlsPayload): TrackStore {
  let tracks: Track[] = [];
  let seen = ''; // how far the run is whose tracks are here
  const trustOf = (method: string) => methodOf(config, method)?.trust ?? '';
  const store: TrackStore = {
    errors: {},
    agreements: [],
    add(found) {
      tracks = adoptTracks(tracks, found);
    },
    keep(wanted) {
      tracks = tracks.filter(wanted);
    },
    take({ id, tracks: found = [], agreement = [], errors = {} }, { key, route, settings, decision }) {
      const state = `${id} ${found.length} ${Object.keys(errors).length}`;
      if (state === seen) return []; // a sign of life: nothing new
      seen = state;
      store.add(found.map((track) => ({ ...track, key, route, settings: settings[track.method] })));
      store.errors = { ...errors };
      if (agreement.length) {
        const others = store.agreements.filter((old) => old.key !== key);
        store.agreements = [...others, ...agreement.map((each) => ({ ...each, key }))];
      }
      return panelAttributions(found, { key, ...decision }, config.baselines);
    },
    shown(subject, asked) {
      const exact = asked.targets.flatMap((target) => exactTrack(subject, target, asked, trustOf('exact')) ?? []);
      const isExact = ({ key, target, method }: Track) =>
        method === 'exact' && exact.some((track) => track.target === target && track.key === key);
      const kept = tracks
        .filter((track) => !isExact(track))
        .map((track): ShownTrack => ({
          ...track,
          stale: staleWords(track, asked),
          warning: warningOf(track),
          help: trustOf(track.method),
        }));
      const targetRank = ({ target }: Track) =>
        asked.targets.includes(target) ? asked.targets.indexOf(target) : asked.targets.length;
      const methodRank = ({ method }: Track) => config.methods.findIndex(({ name }) => name === method);
      return [...exact, ...kept].sort(
        (a, b) =>
          Number(!!a.stale) - Number(!!b.stale) || targetRank(a) - targetRank(b) || methodRank(a) - methodRank(b),
      );
    },
  };
  return store;
}
