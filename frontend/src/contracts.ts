// Made from golden/schema.json by `npm run types`; do not edit. What each type means stands in dualroute/app.

export interface DualRouteExplorer {
  ViewRequest?: ViewRequest;
  ExampleRequest?: ExampleRequest;
  RoutersRequest?: RoutersRequest;
  LabelRequest?: LabelRequest;
  AttributionRequest?: AttributionRequest;
  EstimateRequest?: EstimateRequest;
  PairRequest?: PairRequest;
  FileRequest?: FileRequest;
  TextsRequest?: TextsRequest;
  RowRequest?: RowRequest;
  RunRowsRequest?: RunRowsRequest;
  ReplayRequest?: ReplayRequest;
  CompareRequest?: CompareRequest;
  EvaluateRequest?: EvaluateRequest;
  AnswerRequest?: AnswerRequest;
  WriteRequest?: WriteRequest;
  ChangeRequest?: ChangeRequest;
  SourcesRequest?: SourcesRequest;
  ScoresRequest?: ScoresRequest;
  TracePayload?: TracePayload;
  AttributionPayload?: AttributionPayload;
  ViewPayload?: ViewPayload;
  OpenedView?: OpenedView;
  TaskChoices?: TaskChoice[];
  ControlsPayload?: ControlsPayload;
  Estimates?: Estimates;
  RunPayload?: RunPayload;
  MeasurePayload?: MeasurePayload;
  CompareStart?: CompareStart;
  RetracePayload?: RetracePayload;
  GatesPayload?: GatesPayload;
  PairPayload?: PairPayload;
  Notice?: Notice;
  ThresholdsStart?: ThresholdsStart;
  RowsPayload?: RowsPayload;
  CurvePayload?: CurvePayload;
  GateRowsPayload?: GateRowsPayload;
  RowInput?: RowInput;
  Texts?: {
    [k: string]: RowTexts;
  };
  OwnRowsProgress?: OwnRowsProgress;
  OwnRowsPayload?: OwnRowsPayload;
  FileParts?: FileParts;
  Report?: Report;
  LanguageStart?: LanguageStart;
  LanguageExample?: LanguageExample;
  LanguagePayload?: LanguagePayload;
  WrittenPayload?: WrittenPayload;
  ChangePayload?: ChangePayload;
  SourcesPayload?: SourcesPayload;
  ScoresPayload?: ScoresPayload;
  ErrorPayload?: ErrorPayload;
}
/**
 * One input under a decision. A picture is a `data:` URL, in `image` or, from programs, in `h`.
 */
export interface ViewRequest {
  /**
   * a number or text
   */
  id?: number | string | null;
  /**
   * text
   */
  key?: string | null;
  /**
   * text
   */
  policy?: string | null;
  /**
   * a number from 0 to 1
   */
  threshold?: number | null;
  /**
   * pairs of a token's index and a route, such as [[3, "direct"]]
   */
  overrides?:
    | [number | string, string][]
    | {
        [k: string]: string;
      }
    | null;
  checkpoint: string;
  /**
   * text of at most 1,000,000 characters
   */
  x?: string | null;
  /**
   * text of at most 1,000,000 characters
   */
  h?: string | null;
  /**
   * a data: URL as text
   */
  image?: string | null;
}
/**
 * A stored example of a task by its place.
 */
export interface ExampleRequest {
  /**
   * a number or text
   */
  id?: number | string | null;
  /**
   * text
   */
  key?: string | null;
  /**
   * text of at most 200 characters
   */
  task: string;
  /**
   * a whole number from 0 to 10,000
   */
  index?: number;
}
/**
 * One input through several routers. routers: their checkpoints; None for all.
 */
export interface RoutersRequest {
  /**
   * a number or text
   */
  id?: number | string | null;
  /**
   * text
   */
  key?: string | null;
  /**
   * text
   */
  policy?: string | null;
  /**
   * a number from 0 to 1
   */
  threshold?: number | null;
  /**
   * pairs of a token's index and a route, such as [[3, "direct"]]
   */
  overrides?:
    | [number | string, string][]
    | {
        [k: string]: string;
      }
    | null;
  checkpoint: string;
  /**
   * text of at most 1,000,000 characters
   */
  x?: string | null;
  /**
   * text of at most 1,000,000 characters
   */
  h?: string | null;
  /**
   * a data: URL as text
   */
  image?: string | null;
  /**
   * a list of names of checkpoints
   */
  routers?: string[] | null;
}
/**
 * The attribution that Inspect shows. label: a class, a span `3-5`, a step `step:3`; empty for the prediction.
 */
export interface LabelRequest {
  /**
   * a number or text
   */
  id?: number | string | null;
  /**
   * text
   */
  key?: string | null;
  /**
   * text
   */
  policy?: string | null;
  /**
   * a number from 0 to 1
   */
  threshold?: number | null;
  /**
   * pairs of a token's index and a route, such as [[3, "direct"]]
   */
  overrides?:
    | [number | string, string][]
    | {
        [k: string]: string;
      }
    | null;
  checkpoint: string;
  /**
   * text of at most 1,000,000 characters
   */
  x?: string | null;
  /**
   * text of at most 1,000,000 characters
   */
  h?: string | null;
  /**
   * a data: URL as text
   */
  image?: string | null;
  /**
   * text
   */
  label?: string | null;
}
/**
 * Attributions of one input by several methods; a method's parameters are checked when its turn comes.
 *
 * texts  x and h of the baseline `text`, else None
 */
export interface AttributionRequest {
  /**
   * a number or text
   */
  id?: number | string | null;
  /**
   * text
   */
  key?: string | null;
  /**
   * text
   */
  policy?: string | null;
  /**
   * a number from 0 to 1
   */
  threshold?: number | null;
  /**
   * pairs of a token's index and a route, such as [[3, "direct"]]
   */
  overrides?:
    | [number | string, string][]
    | {
        [k: string]: string;
      }
    | null;
  checkpoint: string;
  /**
   * text of at most 1,000,000 characters
   */
  x?: string | null;
  /**
   * text of at most 1,000,000 characters
   */
  h?: string | null;
  /**
   * a data: URL as text
   */
  image?: string | null;
  /**
   * a list of 1 to 2 targets, texts of at most 300 characters
   */
  targets: string[];
  /**
   * an object of 1 to 11 methods, each with an object of its parameters
   */
  methods: {
    [k: string]: {
      [k: string]: number | null;
    };
  };
  /**
   * one of pad, mask, zero, mean, text
   */
  baseline?: 'pad' | 'mask' | 'zero' | 'mean' | 'text';
  /**
   * two texts of at most 2,000 characters, one for each input
   */
  texts?: [string, string] | null;
  /**
   * one of token, word, sentence
   */
  granularity?: 'token' | 'word' | 'sentence';
  /**
   * a whole number from 0 to 2,147,483,647
   */
  seed?: number;
}
/**
 * What the cost of methods depends on. sides: for each input its text, its number of tokens, whether it is text.
 */
export interface EstimateRequest {
  /**
   * text of at most 200 characters
   */
  checkpoint?: string;
  /**
   * one of token, word, sentence
   */
  granularity: 'token' | 'word' | 'sentence';
  /**
   * a list of at most 2 inputs, each [text, tokens, is text]
   */
  sides?: [string, number, boolean][];
  /**
   * an object of 1 to 11 methods, each with an object of its parameters
   */
  methods: {
    [k: string]: {
      [k: string]: number | null;
    };
  };
}
/**
 * The views of Compare's part of an address. b: what differs from a; None where there is one view.
 */
export interface PairRequest {
  /**
   * a number or text
   */
  id?: number | string | null;
  /**
   * text
   */
  key?: string | null;
  /**
   * text of at most 20,000 characters
   */
  a: string;
  /**
   * text of at most 20,000 characters
   */
  b?: string | null;
}
/**
 * The parts of a saved file with one view or, for `pair`, with two.
 */
export interface FileRequest {
  /**
   * a number or text
   */
  id?: number | string | null;
  /**
   * text
   */
  key?: string | null;
  /**
   * true or false
   */
  pair?: boolean;
}
/**
 * The texts of evaluation rows.
 */
export interface TextsRequest {
  name: string;
  /**
   * a list of at most 100 ids of rows
   */
  ids: string[];
}
/**
 * One evaluation row with its picture.
 */
export interface RowRequest {
  name: string;
  /**
   * text
   */
  id: string;
}
/**
 * Rows of a visitor: `csv`, the text of a table, or `file`, the bytes of one in base64, with its name.
 */
export interface RunRowsRequest {
  /**
   * a number or text
   */
  id?: number | string | null;
  /**
   * text
   */
  key?: string | null;
  name: string;
  /**
   * text of at most 1,000,000 characters
   */
  csv?: string;
  /**
   * base64 of a file of at most 4,000,000 bytes
   */
  file?: string;
  /**
   * text of at most 200 characters
   */
  file_name?: string;
}
/**
 * Many decisions about one input.
 */
export interface ReplayRequest {
  /**
   * a number or text
   */
  id?: number | string | null;
  /**
   * text
   */
  key?: string | null;
  /**
   * text
   */
  policy?: string | null;
  /**
   * a number from 0 to 1
   */
  threshold?: number | null;
  /**
   * pairs of a token's index and a route, such as [[3, "direct"]]
   */
  overrides?:
    | [number | string, string][]
    | {
        [k: string]: string;
      }
    | null;
  checkpoint: string;
  /**
   * text of at most 1,000,000 characters
   */
  x?: string | null;
  /**
   * text of at most 1,000,000 characters
   */
  h?: string | null;
  /**
   * a data: URL as text
   */
  image?: string | null;
  /**
   * a list of 1 to 1,000 objects
   */
  decisions: DecisionRequest[];
}
/**
 * One of several decisions about an input.
 */
export interface DecisionRequest {
  /**
   * text
   */
  policy?: string | null;
  /**
   * a number from 0 to 1
   */
  threshold?: number | null;
  /**
   * pairs of a token's index and a route, such as [[3, "direct"]]
   */
  overrides?:
    | [number | string, string][]
    | {
        [k: string]: string;
      }
    | null;
  /**
   * a list of indices of context tokens that are not read
   */
  ignored?: number[] | null;
}
/**
 * Two views: this one, and what differs in the other.
 */
export interface CompareRequest {
  /**
   * a number or text
   */
  id?: number | string | null;
  /**
   * text
   */
  key?: string | null;
  /**
   * text
   */
  policy?: string | null;
  /**
   * a number from 0 to 1
   */
  threshold?: number | null;
  /**
   * pairs of a token's index and a route, such as [[3, "direct"]]
   */
  overrides?:
    | [number | string, string][]
    | {
        [k: string]: string;
      }
    | null;
  checkpoint: string;
  /**
   * text of at most 1,000,000 characters
   */
  x?: string | null;
  /**
   * text of at most 1,000,000 characters
   */
  h?: string | null;
  /**
   * a data: URL as text
   */
  image?: string | null;
  other: OtherView;
}
/**
 * What differs in the second of two views.
 */
export interface OtherView {
  /**
   * text
   */
  policy?: string | null;
  /**
   * a number from 0 to 1
   */
  threshold?: number | null;
  /**
   * pairs of a token's index and a route, such as [[3, "direct"]]
   */
  overrides?:
    | [number | string, string][]
    | {
        [k: string]: string;
      }
    | null;
  /**
   * a list of indices of context tokens that are not read
   */
  ignored?: number[] | null;
  checkpoint?: string;
  /**
   * text of at most 1,000,000 characters
   */
  x?: string | null;
  /**
   * text of at most 1,000,000 characters
   */
  h?: string | null;
  /**
   * a data: URL as text
   */
  image?: string | null;
}
/**
 * A checkpoint and the rows to measure it on; no thresholds: the checkpoint's own.
 */
export interface EvaluateRequest {
  checkpoint: string;
  /**
   * a list of 1 to 300 objects with x, h and label
   */
  rows: EvaluationRow[];
  /**
   * a list of at most 50 numbers from 0 to 1
   */
  thresholds?: number[];
}
/**
 * One row that a checkpoint is measured on.
 */
export interface EvaluationRow {
  /**
   * a number, true, false, null, a list of those or text of at most 1,000,000 characters
   */
  x: string | number | boolean | null | unknown[];
  /**
   * a number, true, false, null, a list of those or text of at most 1,000,000 characters
   */
  h?: string | number | boolean | null | unknown[];
  /**
   * a number, true, false, null, a list of those or text of at most 1,000,000 characters
   */
  label: string | number | boolean | null | unknown[];
}
/**
 * An answer, as text or, where it was written here, as the ids of its tokens.
 */
export interface AnswerRequest {
  /**
   * a number or text
   */
  id?: number | string | null;
  /**
   * text
   */
  key?: string | null;
  /**
   * text
   */
  policy?: string | null;
  /**
   * a number from 0 to 1
   */
  threshold?: number | null;
  /**
   * pairs of a token's index and a route, such as [[3, "direct"]]
   */
  overrides?:
    | [number | string, string][]
    | {
        [k: string]: string;
      }
    | null;
  /**
   * text of at most 200 characters
   */
  model?: string;
  /**
   * text of at most 200 characters
   */
  gate?: string;
  /**
   * text of at most 20,000 characters
   */
  prompt: string;
  /**
   * text of at most 20,000 characters
   */
  passage: string;
  /**
   * a number from 0.05 to 5
   */
  temperature?: number | null;
  /**
   * text of at most 20,000 characters
   */
  answer?: string;
  /**
   * a list of at most 1,000 numbers of tokens
   */
  ids?: number[] | null;
}
/**
 * An answer to be written.
 *
 * seed       None for the likeliest word
 * top_p      draw among the likeliest words that together reach this probability
 * max_tokens the limit of tokens, those of `begin` included
 * begin      ids of the tokens it begins with
 * beside     write what the flows alone would have written too
 */
export interface WriteRequest {
  /**
   * a number or text
   */
  id?: number | string | null;
  /**
   * text
   */
  key?: string | null;
  /**
   * text
   */
  policy?: string | null;
  /**
   * a number from 0 to 1
   */
  threshold?: number | null;
  /**
   * pairs of a token's index and a route, such as [[3, "direct"]]
   */
  overrides?:
    | [number | string, string][]
    | {
        [k: string]: string;
      }
    | null;
  /**
   * text of at most 200 characters
   */
  model?: string;
  /**
   * text of at most 200 characters
   */
  gate?: string;
  /**
   * text of at most 20,000 characters
   */
  prompt: string;
  /**
   * text of at most 20,000 characters
   */
  passage: string;
  /**
   * a number from 0.05 to 5
   */
  temperature?: number | null;
  /**
   * a whole number from 0 to 2,147,483,647
   */
  seed?: number | null;
  /**
   * a number above 0, at most 1
   */
  top_p?: number;
  /**
   * a whole number from 1 to 256
   */
  max_tokens?: number;
  /**
   * a list of at most 1,000 numbers of tokens
   */
  begin?: number[];
  /**
   * true or false
   */
  beside?: boolean;
}
/**
 * A written text, the decision it was written under, and another one: where does the first token change?
 */
export interface ChangeRequest {
  /**
   * a number or text
   */
  id?: number | string | null;
  /**
   * text
   */
  key?: string | null;
  /**
   * text
   */
  policy?: string | null;
  /**
   * a number from 0 to 1
   */
  threshold?: number | null;
  /**
   * pairs of a token's index and a route, such as [[3, "direct"]]
   */
  overrides?:
    | [number | string, string][]
    | {
        [k: string]: string;
      }
    | null;
  /**
   * text of at most 200 characters
   */
  model?: string;
  /**
   * text of at most 200 characters
   */
  gate?: string;
  /**
   * text of at most 20,000 characters
   */
  prompt: string;
  /**
   * text of at most 20,000 characters
   */
  passage: string;
  /**
   * a number from 0.05 to 5
   */
  temperature?: number | null;
  /**
   * a whole number from 0 to 2,147,483,647
   */
  seed?: number | null;
  /**
   * a number above 0, at most 1
   */
  top_p?: number;
  /**
   * a whole number from 1 to 256
   */
  max_tokens?: number;
  /**
   * a list of at most 1,000 numbers of tokens
   */
  begin?: number[];
  /**
   * true or false
   */
  beside?: boolean;
  /**
   * a list of at most 1,000 numbers of tokens
   */
  ids: number[];
}
/**
 * What the answer loses without each sentence, or each passage.
 */
export interface SourcesRequest {
  /**
   * a number or text
   */
  id?: number | string | null;
  /**
   * text
   */
  key?: string | null;
  /**
   * text
   */
  policy?: string | null;
  /**
   * a number from 0 to 1
   */
  threshold?: number | null;
  /**
   * pairs of a token's index and a route, such as [[3, "direct"]]
   */
  overrides?:
    | [number | string, string][]
    | {
        [k: string]: string;
      }
    | null;
  /**
   * text of at most 200 characters
   */
  model?: string;
  /**
   * text of at most 200 characters
   */
  gate?: string;
  /**
   * text of at most 20,000 characters
   */
  prompt: string;
  /**
   * text of at most 20,000 characters
   */
  passage: string;
  /**
   * a number from 0.05 to 5
   */
  temperature?: number | null;
  /**
   * text of at most 20,000 characters
   */
  answer?: string;
  /**
   * a list of at most 1,000 numbers of tokens
   */
  ids?: number[] | null;
  /**
   * one of sentence, passage
   */
  by?: string;
}
/**
 * Attributions of parts of the answer to the tokens of prompt and passage.
 */
export interface ScoresRequest {
  /**
   * a number or text
   */
  id?: number | string | null;
  /**
   * text
   */
  key?: string | null;
  /**
   * text
   */
  policy?: string | null;
  /**
   * a number from 0 to 1
   */
  threshold?: number | null;
  /**
   * pairs of a token's index and a route, such as [[3, "direct"]]
   */
  overrides?:
    | [number | string, string][]
    | {
        [k: string]: string;
      }
    | null;
  /**
   * text of at most 200 characters
   */
  model?: string;
  /**
   * text of at most 200 characters
   */
  gate?: string;
  /**
   * text of at most 20,000 characters
   */
  prompt: string;
  /**
   * text of at most 20,000 characters
   */
  passage: string;
  /**
   * a number from 0.05 to 5
   */
  temperature?: number | null;
  /**
   * text of at most 20,000 characters
   */
  answer?: string;
  /**
   * a list of at most 1,000 numbers of tokens
   */
  ids?: number[] | null;
  /**
   * a list of 1 to 3 targets
   */
  targets: string[];
  /**
   * an object of methods, each with an object of its parameters
   */
  methods: {
    [k: string]: {
      [k: string]: number | null;
    };
  };
  /**
   * pad, zero or mean
   */
  baseline?: 'pad' | 'mask' | 'zero' | 'mean' | 'text';
  /**
   * token, word or sentence
   */
  granularity?: 'token' | 'word' | 'sentence';
  /**
   * a whole number from 0 to 2,147,483,647
   */
  seed?: number;
}
/**
 * One input with its routing. gates (T,R), attention (T,S), direct (T,C), context (T,S,C), bias (C,).
 *
 * right     the answers that are right, where somebody said so; the page fills it in for stored examples
 * standard  the checkpoint's own θ; the page fills it in
 * id        present in the answer to a text written anew
 */
export interface TracePayload {
  key: string;
  checkpoint: string;
  x: string;
  h: string;
  tokens: string[];
  contextTokens: string[];
  flows: string[];
  labels: string[];
  gates: string;
  pooling: string;
  attention: string;
  direct: string;
  context: string;
  bias: string;
  policy: string;
  threshold: number;
  overrides: [number, number][];
  policies: [string, string, string][];
  xName: string;
  hName: string;
  notes: string[];
  made: string;
  attributed: boolean;
  readout: 'classification' | 'span' | 'generation';
  contextKind: 'text' | 'items' | 'image' | 'backward';
  maxAnswer: number;
  offsets: [number, number][];
  image: string;
  wordClasses: {
    [k: string]: number[];
  };
  written: Written | null;
  shown?: Selection;
  right?: string[];
  standard?: number;
  id?: number | string | null;
}
/**
 * A written text of N pieces. attention: (N,T).
 */
export interface Written {
  tokens: string[];
  text: string;
  attention: string;
  copied: number[];
  probs: number[];
  alternatives: {
    [k: string]: string;
  };
}
/**
 * What the page selects when it opens a link. label: a class, or i · T + j for the span from token i to j.
 */
export interface Selection {
  label?: number;
  token?: number;
}
/**
 * The attributions of the prediction and of the gates in Inspect.
 */
export interface AttributionPayload {
  request: AttributionSource;
  prediction: Scores;
  gate: Scores;
  key?: string;
  id?: number | string | null;
}
/**
 * The input and the decision that were attributed.
 */
export interface AttributionSource {
  key: string;
  policy: string;
  threshold: number;
  overrides: [number, string][];
  label: string;
}
/**
 * One attribution in Inspect. value, baselineValue: what was explained, of this text and of the empty input.
 */
export interface Scores {
  scores: number[];
  contextScores: number[];
  methodTitle: string;
  baselineTitle: string;
  steps: number;
  delta: number | null;
  change: number;
  value?: number;
  baselineValue?: number;
  converged: boolean;
}
/**
 * A view that the page asked for. attribution: of a stored example, else None.
 */
export interface ViewPayload {
  payload: TracePayload;
  attribution: AttributionPayload | null;
  id?: number | string | null;
  key?: string | null;
}
/**
 * The view that an address asks for; None for what it does not bring.
 */
export interface OpenedView {
  payload: TracePayload | null;
  attribution: AttributionPayload | null;
}
/**
 * A task that a visitor can choose. note: what to know before anything else; optional: h may be empty.
 */
export interface TaskChoice {
  key: string;
  title: string;
  group: string;
  question: string;
  note: string;
  xLabel: string;
  hLabel: string;
  picture: boolean;
  optional: boolean;
  routers: RouterChoice[];
  examples: ExampleChoice[];
}
/**
 * A checkpoint of a task. title: for a list; description: its decision layer in words; threshold: its own θ.
 */
export interface RouterChoice {
  checkpoint: string;
  title: string;
  description: string;
  threshold: number;
}
/**
 * A stored example. key: of its trace, empty without one; right: the right answers, empty where nobody said.
 */
export interface ExampleChoice {
  caption: string;
  key: string;
  right: string[];
}
/**
 * What the workbench builds its controls from.
 */
export interface ControlsPayload {
  methods: MethodPayload[];
  baselines: [string, string][];
  granularities: [string, string][];
  limits: ControlLimits;
}
export interface MethodPayload {
  name: string;
  title: string;
  captum: string;
  complete: boolean;
  baseline: boolean;
  signed: boolean;
  trust: string;
  source: string;
  targets: string[];
  parameters: ParameterPayload[];
  random: boolean;
}
export interface ParameterPayload {
  name: string;
  title: string;
  default: number | null;
  low: number;
  high: number;
  whole: boolean;
  help: string;
}
export interface ControlLimits {
  seed: number;
  text: number;
}
/**
 * What methods would cost: rows forward and backward, and seconds, for one target; or why one would be refused.
 */
export interface Estimates {
  methods: {
    [k: string]: [number, number, number] | string;
  };
  measuring: MeasuringCost;
  measured: boolean;
}
/**
 * Seconds that a test of faithfulness takes: what all attributions share, and each one's own.
 */
export interface MeasuringCost {
  shared: number;
  each: number;
}
/**
 * The attributions so far; `errors` says of a method why it gave none.
 */
export interface RunPayload {
  done: number;
  total: number;
  working: string;
  passes: number;
  errors: {
    [k: string]: string;
  };
  id?: number | string | null;
  tracks: Track[];
  agreement: Agreement[];
}
/**
 * One attribution in the workbench. groups: the tokens [start, end) of each unit, empty where each token is one.
 */
export interface Track {
  target: string;
  label: string;
  method: string;
  title: string;
  signed: boolean;
  scores: number[];
  contextScores: number[];
  groups: [number, number][];
  contextGroups: [number, number][];
  granularity: string;
  parameters: {
    [k: string]: unknown;
  };
  baseline: string;
  seed: number;
  route: 'held' | 'free';
  sum: number;
  value: number;
  baselineValue: number;
  change: number;
  delta: number | null;
  /**
   * @minItems 2
   * @maxItems 2
   */
  passes: [number, number];
  steps: number;
  seconds: number;
  converged: boolean;
  agreement: number | null;
}
/**
 * Rank correlations of the methods for one target; bySize: where sizes were compared.
 */
export interface Agreement {
  target: string;
  methods: string[];
  rows: (number | null)[][];
  bySize: boolean[][];
}
/**
 * The records so far. measures: name, title, 1 or -1 for the better direction, what it says.
 */
export interface MeasurePayload {
  done: number;
  total: number;
  working: string;
  passes: number;
  errors: {
    [k: string]: string;
  };
  id?: number | string | null;
  records: Faithfulness[];
  measures: [string, string, number, string][];
}
/**
 * How faithful one attribution is.
 */
export interface Faithfulness {
  target: string;
  label: string;
  method: string;
  baseline: string;
  direction: number;
  units: number;
  orders: number;
  samples: number;
  seed: number;
  title: string;
  infidelity: number | null;
  unexplained: number | null;
  sensitivity: number | null;
  passes: number;
  seconds: number;
  scales: {
    [k: string]: Erasure;
  };
  flips: Flips | null;
}
/**
 * Curves over the share of units erased.
 */
export interface Erasure {
  full: number;
  empty: number;
  shares: number[];
  grid: number[];
  deletion: number[];
  insertion: number[];
  randomDeletion: Band | null;
  randomInsertion: Band | null;
  summary: {
    [k: string]: MeasureSummary;
  };
}
/**
 * Mean of several curves, and where 95% of them lie.
 */
export interface Band {
  mean: number[];
  low: number[];
  high: number[];
}
export interface MeasureSummary {
  value: number;
  random: number | null;
  interval: [number, number] | null;
}
/**
 * Scores after flipping token by token in several orders.
 */
export interface Flips {
  orders: [string, string, Flipped][];
  random: Band | null;
  randomDrop: Spread | null;
  randomChanges: Spread | null;
}
export interface Flipped {
  tokens: number[];
  scores: number[];
  changed: boolean[];
  drop: number;
  changes: number;
}
export interface Spread {
  mean: number;
  /**
   * @minItems 2
   * @maxItems 2
   */
  interval: [number, number];
}
export interface CompareStart {
  choices: Choice[];
}
export interface Choice {
  name: string;
  title: string;
  context: string;
  task: string;
}
/**
 * An input that was run again.
 */
export interface RetracePayload {
  payload: TracePayload;
  id: number | string | null;
  key?: string | null;
}
/**
 * One text through all routers.
 */
export interface GatesPayload {
  rows: (GatesRow | FailedRow)[];
  id: number | string | null;
  key?: string | null;
}
/**
 * One router's gates (T,). given: whether it got the request's context; reads: whether it has any.
 */
export interface GatesRow {
  checkpoint: string;
  tokens: string[];
  gates: string;
  given: boolean;
  reads: boolean;
  threshold: number;
  policy: string;
}
export interface FailedRow {
  checkpoint: string;
  error: string;
}
/**
 * The views of an address, and what of them was not used.
 */
export interface PairPayload {
  views: LinkedView[];
  notes: string[];
  id: number | string | null;
  key?: string | null;
}
export interface LinkedView {
  side: 'a' | 'b';
  payload: TracePayload;
  view: PinnedView;
}
export interface PinnedView {
  policy: string;
  theta: number;
  overrides: [number, number][];
  ignored: number[];
}
/**
 * What of an address was not used, and what the other tabs begin with.
 */
export interface Notice {
  notes: string[];
  asked: LinkedAttribution | null;
  rows: LinkedRows | null;
  pair: LinkedPair | null;
}
/**
 * What an address says of Attribute; a field is None where it says nothing of it. key: the input it is about.
 */
export interface LinkedAttribution {
  target: string | null;
  beside: boolean;
  methods: string[] | null;
  baseline: string | null;
  granularity: string | null;
  seed: number | null;
  texts: [string, string] | null;
  parameters: {
    [k: string]: {
      [k: string]: number | null;
    };
  };
  key: string | null;
}
/**
 * What an address says of Thresholds: θ from 0 to 1, share and quality in percent.
 */
export interface LinkedRows {
  rows: string | null;
  theta: number | null;
  one: number | null;
  other: number | null;
  facet: string | null;
  share: number | null;
  quality: number | null;
}
export interface LinkedPair {
  a: string;
  b: string | null;
}
/**
 * names: checkpoints and their titles; most: how many rows a visitor may bring.
 */
export interface ThresholdsStart {
  names: [string, string][];
  most: number;
}
/**
 * N evaluation rows: what each answers in every state of θ, see `rows.states`.
 */
export interface RowsPayload {
  kind: 'rows';
  name: string;
  title: string;
  revision: string;
  data: string;
  n: number;
  metric: string;
  word: string;
  percent: boolean;
  labels: string[];
  spans: boolean;
  early: boolean;
  ids: string[];
  lengths: string;
  readable: string;
  gates: string;
  answers: string;
  wide: boolean;
  confidence: string;
  scores: string | null;
  margins: string | null;
  right: string;
  operations: string | null;
  facets: FacetPayload[];
  direct: {
    [k: string]: unknown;
  };
  merged: {
    [k: string]: unknown;
  };
  entries: ThresholdEntry[];
  theta: number;
  figure: {
    [k: string]: unknown;
  };
  note: string;
  texts: {
    [k: string]: RowTexts;
  };
  atHand: boolean;
}
/**
 * Parts of the rows. codes: (N,) int16.
 */
export interface FacetPayload {
  title: string;
  names: string[];
  codes: string;
}
/**
 * A stored θ beside gates that do not depend on the text, at the same share.
 */
export interface ThresholdEntry {
  theta: number;
  share: number;
  random: number;
  /**
   * @minItems 2
   * @maxItems 2
   */
  randomCi: [number, number];
  static: {
    [k: string]: number;
  };
  minusRandom: {
    [k: string]: unknown;
  };
  minusStatic: {
    [k: string]: unknown;
  };
  minusDirect: {
    [k: string]: unknown;
  };
}
export interface RowTexts {
  x: string;
  h: string;
}
/**
 * The stored curve of a checkpoint without rows, and why; `figure` is None where nothing was measured.
 */
export interface CurvePayload {
  kind: 'curve';
  name: string;
  title: string;
  revision: string;
  why: string;
  figure: {
    [k: string]: unknown;
  } | null;
  word: string;
  note: string;
}
/**
 * The rows of a language model's gate: R given answers, each beside a passage, with N tokens in all.
 *
 * groups     names and titles; the last is that of all rows
 * lengths, group, question  (R,);  questions: how many there are
 * gates, direct, merged, controls  (N,) float32; direct and merged are log-probabilities
 */
export interface GateRowsPayload {
  kind: 'gate';
  name: string;
  title: string;
  revision: string;
  data: string;
  early: boolean;
  questions: number;
  groups: [string, string][];
  ids: string[];
  lengths: string;
  group: string;
  question: string;
  gates: string;
  direct: string;
  merged: string;
  controls: {
    [k: string]: string;
  };
  theta: number;
  note: string;
}
export interface RowInput {
  x: string;
  h: string;
  image: string;
}
export interface OwnRowsProgress {
  done: number;
  total: number;
  id?: number | string | null;
}
/**
 * A visitor's rows at every θ, and what was noticed while reading the table.
 */
export interface OwnRowsPayload {
  rows: RowsPayload;
  notes: string[];
  id?: number | string | null;
}
/**
 * The text of a saved file before, between and after what the browser fills in.
 */
export interface FileParts {
  /**
   * @minItems 3
   * @maxItems 3
   */
  parts: [string, string, string];
  pair?: boolean;
  id?: number | string | null;
  key?: string | null;
}
export interface Report {
  name: string;
  blocks: {
    [k: string]: unknown;
  }[];
}
/**
 * What the tab begins with. missing: what to install, empty where nothing is; free: whether a model may be named.
 *
 * examples  JSON text of a list of `LanguageExample`
 */
export interface LanguageStart {
  models: [string, string][];
  gates: GatePayload[];
  gate: string;
  free: boolean;
  missing: string;
  examples: string;
  methods: MethodChoice[];
  mostTokens: number;
}
/**
 * A gate that can be chosen. full: whether it reads both flows at every token; own: trained for this product.
 */
export interface GatePayload {
  name: string;
  title: string;
  help: string;
  full: boolean;
  trained: boolean;
}
/**
 * A method of attribution that can be chosen. trust: how far its numbers can be trusted.
 */
export interface MethodChoice {
  name: string;
  title: string;
  trust: string;
}
/**
 * A question that was answered by a model, with everything that was computed.
 */
export interface LanguageExample {
  caption: string;
  written: WrittenPayload;
  sources: SourcesPayload | null;
}
/**
 * Everything so far of an answer that is being written; None for what is not there yet.
 *
 * phase  loading, routed, direct, merged or done: what is written now
 */
export interface WrittenPayload {
  phase: string;
  loading: LoadingPayload | null;
  payload: LanguagePayload | null;
  settings: SettingsPayload | null;
  routed: WritingPayload | null;
  direct: WritingPayload | null;
  merged: WritingPayload | null;
  passes?: number;
  id?: number | string | null;
}
export interface LoadingPayload {
  share: number;
  words: string;
}
/**
 * An answer with its routing. gates (T,2), probs (T,2), chances (K,2); counts: the candidates of each token.
 *
 * full      whether the gate sees both flows;  standard  its own θ
 * given     the ids of the tokens
 */
export interface LanguagePayload {
  key: string;
  model: string;
  gate: string;
  revision: string;
  full: boolean;
  standard: number;
  prompt: string;
  passage: string;
  answer: string;
  tokens: string[];
  offsets: [number, number][];
  gates: string;
  probs: string;
  words: string[];
  ids: number[];
  counts: number[];
  chances: string;
  given: number[];
  policy: string;
  threshold: number;
  overrides: [number, number][];
  temperature: number;
  policies: [string, string, string][];
  notes: string[];
  limits: string[];
}
/**
 * How a text was written. seed: None for the likeliest words.
 */
export interface SettingsPayload {
  seed: number | null;
  topP: number;
  maxTokens: number;
}
/**
 * A text that is being written, or was. rho: of each token; stop: empty while it is written.
 */
export interface WritingPayload {
  text: string;
  tokens: string[];
  ids: number[];
  rho: number[];
  stop: string;
  stopWords: string;
  costs: CostsPayload;
}
/**
 * Tokens that went through the model, and what other ways of writing the same text would have taken.
 */
export interface CostsPayload {
  direct: number;
  merged: number;
  mergedAlone: number;
  bothFlows: number;
  seconds: number;
}
/**
 * What the answer loses without each part. routed, effect, gate: (U,T).
 *
 * answerKey: of the answer they are about
 */
export interface SourcesPayload {
  loading: LoadingPayload | null;
  answerKey: string;
  by: string;
  parts: PartPayload[];
  routed: string;
  effect: string;
  gate: string;
  done: boolean;
  seconds: number;
  passes?: number;
  id?: number | string | null;
}
/**
 * A part that was left out. input: passage or prompt; start, end: its place there, as a browser counts it.
 */
export interface PartPayload {
  input: string;
  start: number;
  end: number;
  text: string;
}
/**
 * The first token that another decision would choose differently; None for none.
 */
export interface ChangePayload {
  position: number | null;
  id?: number | string | null;
  key?: string | null;
}
/**
 * The attributions so far; `errors` says of a method why it gave none. at: methods done of all.
 */
export interface ScoresPayload {
  loading: LoadingPayload | null;
  answerKey: string;
  inputs: ScoresInput[];
  tracks: ScoresTrack[];
  errors: {
    [k: string]: string;
  };
  at: number;
  total: number;
  working: string;
  done: boolean;
  passes?: number;
  id?: number | string | null;
}
/**
 * A text whose tokens have scores. offsets: their places, as a browser counts them.
 */
export interface ScoresInput {
  name: string;
  text: string;
  offsets: [number, number][];
}
/**
 * One attribution. Groups: the tokens [start, end) of each unit; deltas: of the runs over passage and prompt.
 *
 * withoutPassage, withoutPrompt  the target where all units of the answer and of that text are at the baseline
 */
export interface ScoresTrack {
  method: string;
  title: string;
  target: string;
  label: string;
  signed: boolean;
  passage: number[];
  prompt: number[];
  answer: number[];
  passageGroups: [number, number][];
  promptGroups: [number, number][];
  answerGroups: [number, number][];
  value: number;
  withoutPassage: number;
  withoutPrompt: number;
  deltas: (number | null)[];
  converged: boolean;
  passes: number;
  seconds: number;
}
/**
 * Why there is no payload.
 */
export interface ErrorPayload {
  error: string;
  id?: number | string | null;
  key?: string | null;
}
