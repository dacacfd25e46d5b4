/**
 * What the page begins with: after a reload what was on screen, for a link what it names, else the first example. Nothing is
 * shown that another view replaces a moment later.
 */
import type { OpenedView } from '../contracts';
import { withoutStop } from '../core/format';
import { restoredWords } from '../core/restored';
import { publish } from '../page/channels';
import type { Answer } from '../page/component';
import { currentEntry, namesView, startFresh } from '../page/history';
import { keptViews } from '../page/kept_views';
import { type Find, setText } from '../ui/dom';
import { forgetAll } from '../ui/remember';
import type { Choices } from './choices';
import type { Screen } from './screen';

export type Opened = Answer<OpenedView>;

export interface Opening {
  begin(): void;
  /** The server has read the address. */
  opened(answer: Opened | null | undefined): void;
  /** Something is on screen. */
  shown(): void;
}

interface Events {
  /** The first example, or what else the page came with. */
  first(): void;
  show(view: OpenedView): void;
  screen(): Screen | null;
}

const PATIENCE = 60_000; // ms

export function opening(root: HTMLElement, part: Find, choose: Choices, on: Events): Opening {
  const entry = currentEntry(); // null: this is no reload
  const kept = keptViews();
  let waiting: ReturnType<typeof setTimeout> | undefined; // for what the address names
  let begun = false;

  const wait = (words: string) => {
    root.classList.add('dr-opening');
    choose.say(words);
  };
  const fail = (error: string) => {
    on.first();
    choose.say(`The link was not opened: ${withoutStop(error)}.`);
  };
  part('fresh').addEventListener('click', () => {
    forgetAll();
    startFresh();
  });

  function tell() {
    const typed = (!!entry && choose.restore()) || (!!entry?.visit && choose.isOwn());
    const screen = on.screen();
    const { policy, theta, overrides } = screen?.view ?? {};
    const usual = policy === 'threshold' && theta === screen?.trace.standard && !overrides?.size;
    const words = restoredWords({ typed, settings: !!entry && !!screen && !usual, views: kept.views.length });
    setText(part('restored-words'), words);
    part('restored').hidden = !words;
  }

  return {
    begin() {
      if (kept.views.length) publish('kept', { ...kept, reloaded: !!entry });
      if (entry?.visit) {
        wait('');
        choose.open({ ...entry, visit: entry.visit });
        if (root.classList.contains('dr-opening')) choose.say('Restoring what was on screen …');
      } else if (!entry && namesView(new URL(location.href).searchParams)) {
        wait('Opening the link …');
        waiting = setTimeout(() => fail('no answer came from the server'), PATIENCE);
      } else on.first();
    },
    opened(answer) {
      if (!answer || !waiting) return;
      if (answer.error != null) fail(answer.error);
      else if (answer.payload) on.show(answer);
      else on.first();
    },
    shown() {
      clearTimeout(waiting);
      waiting = undefined;
      root.classList.remove('dr-opening');
      part('restored').hidden = true;
      if (!begun) tell();
      begun = true;
    },
  };
}
