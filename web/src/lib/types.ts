// What travels between page and server; the server's OpenAPI description is the reference.

export type Point = [number, number, number];
export type Body = (Point | null)[];

export interface PoseFrame {
  time_s: number;
  body: Body;
}

export interface Layout {
  name: string;
  joints: string[];
  parents: number[];
}

export interface Clip {
  layout: Layout;
  persons: Body[][]; // M T V
  fps: number;
  duration_s: number;
  importance: number[] | null;
}

export interface Answer {
  action: string;
  probability: number | null;
  distance: number;
}

export interface Recognition {
  action: string | null;
  answers: Answer[];
  unknown_probability: number | null;
  importance: number[] | null;
}

export interface Difference {
  segment: string;
  degrees: number;
  way: string;
  at_s: number;
}

export interface RepetitionForm {
  start_s: number;
  end_s: number;
  as_shown: boolean;
  differences: Difference[]; // of every part of the body, the greatest first
}

export interface Form {
  action: string;
  tolerance_deg: number;
  count: number;
  as_shown: number;
  repetitions: RepetitionForm[];
}

export interface Exemplar {
  id: string;
  source: string;
  enrolled: string;
  duration_s: number;
  layout: string;
}

export interface Action {
  id: string;
  action: string;
  either_side: boolean;
  exemplars: Exemplar[];
}

export interface Known {
  actions: Action[];
  dismissed: Exemplar[];
}

export interface Model {
  name: string;
  encoder: string;
  layout: Layout;
  parameters: number;
  judges_unknown: boolean;
  fingerprint: string;
  sure: number; // from this probability on an action is named where nobody says another
}

export interface FoundEvent {
  action: string;
  start_s: number;
  end_s: number;
  confidence: number | null;
  times: number; // once is what was shown
}

export interface UnderWay {
  action: string;
  start_s: number;
  times: number; // in a row, so far
}

export interface Label {
  time_s: number;
  moving: boolean | null;
  recognition: Recognition | null;
  under_way: UnderWay | null;
  form: Form | null; // of the newest repetition that is over
}
