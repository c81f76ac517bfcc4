// @ts-check
/**
 * @import {Point, Stroke} from "./history.js"
 * @import {Printed} from "./print.js"
 * @import {Size, View} from "./view.js"
 */
import { svgOf } from "./export.js";
import { History } from "./history.js";
import { Layer } from "./layer.js";
import { distance } from "./lines.js";
import { Print } from "./print.js";
import { fitted, framed, shown, toInk, toPad } from "./view.js";

const PEN = 0.028;  // line width, as a share of the height that the pad shows
const RUBBER = 16;  // CSS px that a pen's other end is wide
const STEP = 1;     // CSS px; closer points add bytes to a request, not shape

/** The pressure of what has none. */
export const EVEN = 0.5;

/**
 * Paper that holds strokes and shows them.
 *
 * Events: `ink` after every change of the strokes, also while one is drawn; `cut` before it when strokes were taken away,
 * so that an answer to the earlier ink is out of date; `clear` before it is cleared, and `unclear` when that is undone;
 * `lift` when a stroke has ended, and `rubbed` when erasing has; `view` when the ink lies elsewhere on the pad.
 */
export class Pad extends EventTarget {
  #history = new History();
  /** @type {Point[]|null} */ #live = null;
  /** @type {View} */ #view = { scale: 1, left: 0, top: 0 };
  /** What stays in sight, in the strokes' unit; null before the first layout. @type {DOMRect|null} */ #frame = null;
  /** The paper that ink is written on: of the pad's size when the first came. @type {Size|null} */ #paper = null;
  #pen = 1;
  #began = 0;
  #rubbed = false;  // whether ink was erased since `end`
  /** Strokes that are drawn in the other colour. @type {readonly Stroke[]} */ #odd = [];
  #watch = new ResizeObserver(() => this.#fit());

  disabled = false;

  /** @param {HTMLElement} element */
  constructor(element) {
    super();
    this.element = element;
    this.print = new Print(element);
    // Two layers: each move redraws only the stroke in progress, however much was drawn before.
    this.settled = new Layer(element);
    this.moving = new Layer(element);
    this.#watch.observe(element);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.redraw());
    this.#watchDensity();
  }

  /** @returns {readonly Stroke[]} with the stroke in progress */
  get strokes() {
    return this.#live ? [...this.#history.strokes, this.#live] : this.#history.strokes;
  }

  get drawing() {
    return this.#live !== null;
  }

  get canUndo() {
    return this.#history.canUndo || this.drawing;
  }

  get canRedo() {
    return this.#history.canRedo;
  }

  /** Takes back the last stroke, or the last clearing. */
  undo() {
    this.end();
    const empty = this.strokes.length === 0;
    if (!this.#history.undo()) return;
    if (empty) this.dispatchEvent(new Event("unclear"));
    this.#cut();
  }

  redo() {
    this.end();
    if (this.#history.redo()) this.#cut();
  }

  clear() {
    this.end();
    if (this.strokes.length === 0) return;
    this.dispatchEvent(new Event("clear"));
    this.put([]);
  }

  /** Shows other strokes, in a step that can be undone. @param {readonly Stroke[]} strokes */
  put(strokes) {
    this.end();
    this.#history.put(strokes);
    this.#cut();
  }

  /** The last step led to these strokes instead. @param {readonly Stroke[]} strokes */
  amend(strokes) {
    this.#history.amend(strokes);
    this.#cut();
  }

  /**
   * Erases the strokes that lie under a line, from one place to another, in CSS px of the pad. All until `end` is one step.
   * @param {readonly number[]} from @param {readonly number[]} to
   */
  rub([fromX, fromY], [toX, toY]) {
    const [from, to] = [toInk(this.#view, fromX, fromY), toInk(this.#view, toX, toY)];
    const near = (RUBBER / this.#view.scale + this.#pen) / 2;
    const left = this.#history.strokes.filter((stroke) => distance(stroke, from, to) > near);
    if (left.length === this.#history.strokes.length) return;
    if (this.#rubbed) return this.amend(left);
    this.put(left);
    this.#rubbed = true;
  }

  /**
   * As new, with these strokes, which can be undone one by one, on paper of that size.
   * @param {readonly Stroke[]} strokes @param {Size|null} [paper]
   */
  restore(strokes, paper = null) {
    this.#live = null;
    this.#paper = paper;
    if (paper) [this.#frame, this.#pen] = [new DOMRect(0, 0, paper.width, paper.height), PEN * paper.height];
    this.#history.restore(strokes);
    this.#cut();
  }

  /** Begins a stroke; `end` ends it, `drop` forgets it. @param {number} time */
  begin(time) {
    this.end();
    if (!this.#frame) return;  // it was never seen
    this.#began = time;
    this.#frame = shown(this.#view, this.#size);
    this.#live = [];
  }

  /** Goes on. @param {Point[]} places  in CSS px of the pad, with the time of `begin` */
  add(places) {
    const live = this.#live;
    if (!live) return;
    const before = live.length;
    for (const [placeX, placeY, time, pressure] of places) {
      const [x, y] = toInk(this.#view, placeX, placeY).map(round);
      const last = live.at(-1);
      if (!Number.isFinite(x + y)) continue;  // the pad has no extent any more
      if (last && Math.hypot(x - last[0], y - last[1]) * this.#view.scale < STEP) continue;
      live.push([x, y, Math.max(0, Math.round(time - this.#began)), round(pressure)]);
    }
    if (live.length === before) return;
    this.moving.clear(this.#view);
    this.moving.trace(live, this.#pen);
    this.#changed();
  }

  end() {
    if (this.#rubbed) {
      this.#rubbed = false;
      this.dispatchEvent(new Event("rubbed"));
    }
    const stroke = this.#live;
    if (!stroke) return;
    this.#live = null;
    if (stroke.length === 0) return;
    this.#history.put([...this.#history.strokes, stroke]);
    this.settled.trace(stroke, this.#pen, this.#odd.includes(stroke));  // it may have been read before
    this.moving.clear(this.#view);
    this.dispatchEvent(new Event("lift"));
  }

  /** The stroke in progress was none. */
  drop() {
    if (!this.#live) return;
    this.#live = null;
    this.#cut();
  }

  redraw() {
    if (this.#paper) this.print.show(this.#paper, (box) => toPad(this.#view, box, 0));
    for (const layer of [this.settled, this.moving]) layer.clear(this.#view);
    for (const stroke of this.#history.strokes) this.settled.trace(stroke, this.#pen, this.#odd.includes(stroke));
    if (this.#live) this.moving.trace(this.#live, this.#pen);
  }

  /** The signs that are printed on the paper. @returns {Printed[]} */
  get printed() {
    return this.#paper ? this.print.signs(this.#paper) : [];
  }

  /** The paper's size, where anything is printed on it. */
  get paper() {
    return this.print.shape ? this.#paper : null;
  }

  /** The strokes as the text of an SVG, "" where there are none. */
  get svg() {
    return svgOf(this.strokes, this.#pen, getComputedStyle(this.element).color);
  }

  /** Draws these strokes in the colour of what is no digit. @param {readonly Stroke[]} strokes */
  set odd(strokes) {
    const same = strokes.length === this.#odd.length && strokes.every((stroke, i) => stroke === this.#odd[i]);
    this.#odd = strokes;
    if (!same) this.redraw();
  }

  /** Where ink with this box lies on the pad. @param {readonly number[]} box  left, top, right, bottom in the strokes' unit */
  place(box) {
    return toPad(this.#view, box, this.#pen);
  }

  get #size() {
    return { width: this.element.clientWidth, height: this.element.clientHeight };
  }

  #watchDensity() {
    const density = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    density.addEventListener("change", () => (this.#fit(), this.#watchDensity()), { once: true });
  }

  /** Lays the ink out anew: the pad has another size, or the ink may be out of sight. */
  #fit() {
    const size = this.#size;
    if (size.width === 0 || size.height === 0) {
      this.end();  // nobody draws on what is out of sight
      this.#watch.unobserve(this.element);
      this.#watch.observe(this.element);  // anew: it tells when it is seen, also if at its old size
      return;
    }
    const frame = framed(this.#frame, this.strokes, size);
    if (frame !== this.#frame) this.#pen = PEN * frame.height;
    this.#frame = frame;
    this.#view = fitted(frame, size);
    if (this.strokes.length === 0 || !this.#paper) this.#paper = size;
    for (const layer of [this.settled, this.moving]) layer.resize();
    this.redraw();
    this.dispatchEvent(new Event("view"));
  }

  #cut() {
    this.#fit();
    this.dispatchEvent(new Event("cut"));
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("ink"));
  }
}

/** @param {number} value */
const round = (value) => Math.round(value * 100) / 100;

/** As the pad has them. @param {number[][][]} strokes @returns {Point[][]} */
export const points = (strokes) => strokes.map((stroke) => stroke.map(([x, y, t]) => [x, y, t ?? 0, EVEN]));
