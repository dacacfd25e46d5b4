/** Question, passages and settings: what is asked for. */
import type { LanguageStart } from '../contracts';
import { type Find, make, option, setText } from '../ui/dom';
import { offerChoice } from '../ui/choice';

/** What a visitor typed and chose. */
export interface Asked {
  model: string;
  gate: string;
  prompt: string;
  passage: string;
  temperature: number | null;
}

export interface Drawn {
  seed: number | null;
  top_p: number;
  max_tokens: number;
}

/** A place in the passage, with a share from 0 to 1 of the strongest one. */
export interface Mark {
  start: number;
  end: number;
  share: number;
}

export interface Inputs {
  asked(): Asked;
  drawn(): Drawn;
  /** The answer of one's own; null where the model writes. */
  given(): string | null;
  fill(asked: Partial<Asked>, drawn?: Partial<Drawn> | null, given?: string | null): void;
  /** The places of the passage that an answer came from. */
  mark(marks: Mark[]): void;
  /** Whether the texts are still those of the answer on screen. */
  same(prompt: string, passage: string): boolean;
}

type Draw = 'likeliest' | 'drawn';

export function makeInputs(part: Find, start: LanguageStart, changed: () => void): Inputs {
  const prompt = part<HTMLTextAreaElement>('prompt');
  const passage = part<HTMLTextAreaElement>('passage');
  const given = part<HTMLTextAreaElement>('given');
  const gate = part<HTMLSelectElement>('gate');
  const model = part<HTMLInputElement>('model');
  const numbers = {
    seed: part<HTMLInputElement>('seed'),
    temperature: part<HTMLInputElement>('temperature'),
    top_p: part<HTMLInputElement>('top-p'),
    max_tokens: part<HTMLInputElement>('most'),
  };
  let draw: Draw = 'likeliest';
  let marks: Mark[] = [];

  gate.replaceChildren(...start.gates.map(({ name, title }) => option(name, title)));
  gate.value = start.gate;
  model.value = start.models[0]?.[0] ?? '';
  model.readOnly = !start.free;
  part('models').replaceChildren(...start.models.map(([name, title]) => option(name, title)));
  numbers.max_tokens.max = String(start.mostTokens);

  const own = part<HTMLButtonElement>('own');
  const more = part<HTMLButtonElement>('more');
  const isOwn = () => !part('answer-box').hidden;
  const toggleOwn = (on: boolean) => {
    part('answer-box').hidden = !on;
    own.setAttribute('aria-expanded', String(on));
    setText(own, on ? 'Let the model write' : 'Use my own answer');
    setText(part('write'), on ? 'Route this answer' : 'Write an answer');
  };
  own.addEventListener('click', () => {
    toggleOwn(!isOwn());
    if (isOwn()) given.focus();
    changed();
  });
  more.addEventListener('click', () => {
    part('settings').hidden = !part('settings').hidden;
    more.setAttribute('aria-expanded', String(!part('settings').hidden));
  });

  function offerDraw() {
    offerChoice<Draw>(
      part('draw'),
      'lm-choice',
      [
        ['likeliest', 'the likeliest', 'The likeliest word at each place'],
        ['drawn', 'drawn at random', 'The same seed draws the same random number at each place'],
      ],
      draw,
      (name) => {
        draw = name;
        sampling();
        changed();
      },
    );
    sampling();
  }
  function sampling() {
    for (const name of ['seed', 'top_p'] as const) numbers[name].disabled = draw === 'likeliest';
  }
  offerDraw();

  function paintMirror() {
    const text = passage.value;
    const nodes: (Node | string)[] = [];
    let at = 0;
    for (const { start: from, end, share } of marks) {
      if (from < at) continue;
      nodes.push(text.slice(at, from));
      const node = make('span', '', text.slice(from, end));
      node.style.setProperty('--v', share.toFixed(3));
      nodes.push(node);
      at = end;
    }
    part('mirror').replaceChildren(...nodes, text.slice(at), '\n');
    part('mirror').scrollTop = passage.scrollTop;
  }
  passage.addEventListener('scroll', () => (part('mirror').scrollTop = passage.scrollTop));
  for (const node of [prompt, passage, given, model, ...Object.values(numbers)])
    node.addEventListener('input', () => {
      if (node === passage) {
        marks = [];
        paintMirror();
      }
      changed();
    });
  gate.addEventListener('change', changed);

  const number = (node: HTMLInputElement, usual: number): number =>
    node.value.trim() === '' || Number.isNaN(Number(node.value)) ? usual : Number(node.value);

  return {
    asked() {
      const temperature = number(numbers.temperature, 1);
      return {
        model: model.value.trim(),
        gate: gate.value,
        prompt: prompt.value,
        passage: passage.value,
        temperature: temperature === 1 ? null : temperature,
      };
    },
    drawn: () => ({
      seed: draw === 'drawn' ? number(numbers.seed, 0) : null,
      top_p: draw === 'drawn' ? number(numbers.top_p, 1) : 1,
      max_tokens: number(numbers.max_tokens, 48),
    }),
    given: () => (isOwn() ? given.value : null),
    fill(asked, drawn, answer) {
      if (asked.prompt != null) prompt.value = asked.prompt;
      if (asked.passage != null && asked.passage !== passage.value) {
        passage.value = asked.passage;
        marks = [];
      }
      if (asked.model) model.value = asked.model;
      if (asked.gate && start.gates.some(({ name }) => name === asked.gate)) gate.value = asked.gate;
      numbers.temperature.value = String(asked.temperature ?? 1);
      if (drawn) {
        draw = drawn.seed == null ? 'likeliest' : 'drawn';
        numbers.seed.value = String(drawn.seed ?? 0);
        numbers.top_p.value = String(drawn.top_p ?? 1);
        if (drawn.max_tokens) numbers.max_tokens.value = String(drawn.max_tokens);
        offerDraw();
      }
      if (answer !== undefined) {
        toggleOwn(answer !== null);
        if (answer !== null) given.value = answer;
      }
      paintMirror();
    },
    mark(next) {
      const sorted = next.toSorted((a, b) => a.start - b.start);
      if (JSON.stringify(sorted) === JSON.stringify(marks)) return;
      marks = sorted;
      paintMirror();
    },
    same: (question, text) => prompt.value.trim() === question.trim() && passage.value.trim() === text.trim(),
  };
}
