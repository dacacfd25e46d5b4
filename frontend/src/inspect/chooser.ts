/** The line above the words: the task's question, its routers and its examples. */
import type { TaskChoice, TracePayload } from '../contracts';
import { clip } from '../core/format';
import { type Find, make, option, setText } from '../ui/dom';
import type { Visit } from '../page/history';
import { exampleOf } from './visits';

export interface Chooser {
  /** The choices of what is on screen, or of what was asked for. */
  follow(payload: TracePayload): void;
  asked(visit: Visit): void;
  task(): TaskChoice | undefined;
  /** Whether the input on screen is none of the examples. */
  isOwn(): boolean;
}

export interface ChooserEvents {
  go(visit: Visit): void;
  /** The same input through another router. */
  reroute(checkpoint: string): void;
}

export function chooser(part: Find, tasks: TaskChoice[], on: ChooserEvents): Chooser {
  const taskBox = part<HTMLSelectElement>('task');
  const routerBox = part<HTMLSelectElement>('router');
  const exampleBox = part<HTMLSelectElement>('examples');
  const turns = [part<HTMLButtonElement>('before'), part<HTMLButtonElement>('after')];
  let task: TaskChoice | undefined;
  let at = 0; // the example on screen, or the last one that was

  const groups = [...new Set(tasks.map(({ group }) => group))];
  taskBox.replaceChildren(
    ...groups.map((group) => {
      const node = make('optgroup');
      node.label = group;
      node.append(...tasks.filter((one) => one.group === group).map(({ key, title }) => option(key, title)));
      return node;
    }),
  );
  const dress = (next: TaskChoice) => {
    if (next === task) return;
    task = next;
    taskBox.value = task.key;
    setText(part('question'), task.question);
    setText(part('note'), task.note);
    part('note').hidden = !task.note;
    routerBox.replaceChildren(...task.routers.map(({ checkpoint, title }) => option(checkpoint, title)));
    part('router-box').hidden = task.routers.length < 2;
    part('turn').hidden = task.examples.length < 1;
    const own = option(-1, 'your own input');
    own.hidden = true;
    exampleBox.replaceChildren(...task.examples.map(({ caption }, i) => option(i, clip(caption, 70))), own);
  };
  const place = (index: number) => {
    const count = task?.examples.length ?? 0;
    if (index >= 0) at = index;
    exampleBox.value = String(index);
    setText(part('place'), index < 0 ? `of ${count}` : `${index + 1} of ${count}`);
    turns.forEach((node) => (node.disabled = count < 2 && index >= 0));
  };
  const turn = (by: number) => {
    const count = task?.examples.length ?? 0;
    if (task && count) on.go({ kind: 'example', task: task.key, index: (at + by + count) % count });
  };
  taskBox.addEventListener('change', () => on.go({ kind: 'example', task: taskBox.value, index: 0 }));
  exampleBox.addEventListener('change', () => on.go({ kind: 'example', task: task!.key, index: Number(exampleBox.value) })); // prettier-ignore
  routerBox.addEventListener('change', () => on.reroute(routerBox.value));
  turns.forEach((node, i) => node.addEventListener('click', () => turn(i ? 1 : -1)));

  return {
    follow(payload) {
      const next = tasks.find(({ routers }) => routers.some(({ checkpoint }) => checkpoint === payload.checkpoint));
      if (!next) return;
      dress(next);
      taskBox.value = next.key;
      routerBox.value = payload.checkpoint;
      place(exampleOf(tasks, payload)?.index ?? sameText(next, payload, at));
    },
    asked(visit) {
      const name = visit.kind === 'view' ? visit.checkpoint : '';
      const next = tasks.find(({ key, routers }) =>
        visit.kind === 'example' ? key === visit.task : routers.some(({ checkpoint }) => checkpoint === name),
      );
      if (!next) return;
      dress(next);
      taskBox.value = next.key;
      routerBox.value = name || next.routers[0].checkpoint;
      if (visit.kind === 'example') place(visit.index);
    },
    task: () => task,
    isOwn: () => exampleBox.value === '-1',
  };
}

/** An example through another router has another key; it is still the example. */
function sameText({ examples }: TaskChoice, { x, h }: TracePayload, at: number): number {
  const caption = examples[at]?.caption ?? '';
  return caption && [x, h].some((text) => text && caption.startsWith(text)) ? at : -1;
}
