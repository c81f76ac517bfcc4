/** The types of `<digit-pad>`; docs/element.md says what each part does, docs/api.md what a reading is. */

export type Box = [left: number, top: number, right: number, bottom: number];
export type Point = [x: number, y: number, t?: number];

export interface Alternative {
  text: string;
  confidence: number;
}

export interface Digit {
  digit: string;
  confidence: number;
  probabilities: number[];
  box: Box;
  alternatives: Alternative[];
  /** A data URL. */
  raster: string;
  ink?: { strokes: number[][][] };
}

export interface Sign {
  sign: string;
  confidence: number;
  box: Box;
  /** There where it is printed on the paper. */
  printed?: true;
}

export interface Mark {
  kind: string;
  box: Box;
}

export interface Reading {
  text: string;
  status: "read" | "unsure" | "blank";
  reason: string | null;
  confidence: number;
  alternatives: Alternative[];
  digits: Digit[];
  signs: Sign[];
  marks: Mark[];
  model: { version: string; sha256: string };
  personal: boolean;
}

export interface ReadingDetail {
  reading: Reading;
  settled: boolean;
  /** ms since the pen was lifted; null while it is not settled */
  latency: number | null;
  requests: number;
}

export interface CorrectionDetail {
  id: string;
  label: string | null;
  predicted: string;
  model: string;
  expect?: string | object;
  place: number;
  count: number;
  ink?: { strokes: number[][][] };
  raster?: string;
}

export interface DigitPadEventMap extends HTMLElementEventMap {
  ink: CustomEvent<null>;
  reading: CustomEvent<ReadingDetail>;
  correction: CustomEvent<CorrectionDetail>;
}

export class DigitPad extends HTMLElement {
  static readonly formAssociated: true;
  value: string;
  state: string;
  readonly reading: Reading | null;
  get strokes(): [x: number, y: number, t: number][][];
  set strokes(strokes: Point[][]);
  token: string | null;
  readPicture(blob: Blob): Promise<void>;
  toSVG(): string;
  toBlob(type?: string): Promise<Blob | null>;
  readonly name: string;
  readonly form: HTMLFormElement | null;
  readonly labels: NodeListOf<HTMLLabelElement>;
  readonly validity: ValidityState;
  readonly validationMessage: string;
  checkValidity(): boolean;
  reportValidity(): boolean;
  addEventListener<Type extends keyof DigitPadEventMap>(
    type: Type, listener: (this: DigitPad, event: DigitPadEventMap[Type]) => unknown, options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
  removeEventListener<Type extends keyof DigitPadEventMap>(
    type: Type, listener: (this: DigitPad, event: DigitPadEventMap[Type]) => unknown, options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | EventListenerOptions): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "digit-pad": DigitPad;
  }
}
