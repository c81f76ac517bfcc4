// @ts-check
/** @import {View} from "./layer.js" */
import { fitted, Layer } from "./layer.js";

/**
 * The strokes' unit is the CSS px of the pad's size when the first ink came, from its top left, y down. A later resize
 * scales the view, never the strokes.
 *
 * @typedef {[x: number, y: number, t: number]} Point  t in ms since the stroke began
 * @typedef {Point[]} Stroke
 */

const PEN = 0.028;  // line width, as a share of the pad's height
const STEP = 1;     // closer points add bytes to a request, not shape

/**
 * Paper that turns pointer input into strokes and shows them.
 *
 * Events: `ink` after every change of the strokes, also while one is drawn; `cut` before it when strokes were taken
 * away, so that an answer to the earlier ink is out of date; `view` when the ink lies elsewhere on the pad.
 */
export class Pad extends EventTarget {
  /** @type {Stroke[]} */ #strokes = [];
  /** @type {Stroke[][]} */ #past = [];
  /** @type {Stroke|null} */ #live = null;
  /** @type {View} */ #view = { scale: 1, left: 0, top: 0 };
  #frame = new DOMRect(0, 0, 1, 1);  // what the pad showed when a stroke began last: it stays in sight
  #pen = 1;
  #pointer = -1;
  #began = 0;

  /** @param {HTMLElement} element */
  constructor(element) {
    super();
    this.element = element;
    // Two layers: each move redraws only the stroke in progress, however much was drawn before.
    this.settled = new Layer(element);
    this.moving = new Layer(element);
    this.#listen();
  }

  /** @returns {readonly Stroke[]} with the stroke in progress */
  get strokes() {
    return this.#live ? [...this.#strokes, this.#live] : this.#strokes;
  }

  get drawing() {
    return this.#live !== null;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  /** Takes back the last stroke, or the last clearing. */
  undo() {
    this.#end();
    const before = this.#past.pop();
    if (before) this.#replace(before);
  }

  clear() {
    this.#end();
    if (this.#strokes.length === 0) return;
    this.#past.push(this.#strokes);
    this.#replace([]);
  }

  redraw() {
    for (const layer of [this.settled, this.moving]) layer.clear(this.#view);
    for (const stroke of this.#strokes) this.settled.trace(stroke, this.#pen);
    if (this.#live) this.moving.trace(this.#live, this.#pen);
  }

  /**
   * Where ink with this box lies on the pad, with the pen's width: CSS px from the pad's top left.
   * @param {readonly number[]} box  left, top, right, bottom in the strokes' unit
   */
  place([left, top, right, bottom]) {
    const { scale, left: x, top: y } = this.#view;
    const [pen, width, height] = [this.#pen * scale, (right - left) * scale, (bottom - top) * scale];
    return new DOMRect(x + left * scale - pen / 2, y + top * scale - pen / 2, width + pen, height + pen);
  }

  #listen() {
    const on = this.element;
    on.addEventListener("pointerdown", (event) => this.#down(event));
    on.addEventListener("pointermove", (event) => this.#move(event));
    for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) {
      on.addEventListener(type, (event) => {
        if (/** @type {PointerEvent} */ (event).pointerId === this.#pointer) this.#end();
      });
    }
    on.addEventListener("keydown", (event) => this.#key(event));
    on.addEventListener("blur", () => on.classList.remove("by-pointer"));
    new ResizeObserver(() => this.#fit()).observe(on);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.redraw());
    this.#watchDensity();
  }

  #watchDensity() {
    const density = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    density.addEventListener("change", () => (this.#fit(), this.#watchDensity()), { once: true });
  }

  #fit() {
    const width = this.element.clientWidth || 1;
    const height = this.element.clientHeight || 1;
    if (!this.canUndo && !this.#live) {
      this.#frame = new DOMRect(0, 0, width, height);
      this.#pen = PEN * height;
    }
    this.#view = fitted(this.#frame, width, height);
    for (const layer of [this.settled, this.moving]) layer.resize();
    this.redraw();
    this.dispatchEvent(new Event("view"));
  }

  #shown() {
    const { scale, left, top } = this.#view;
    return new DOMRect(-left / scale, -top / scale, this.element.clientWidth / scale, this.element.clientHeight / scale);
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (this.#live || !event.isPrimary || event.button !== 0) return;
    event.preventDefault();
    this.element.classList.add("by-pointer");  // no focus ring around one's own drawing
    this.element.focus({ preventScroll: true });
    this.element.setPointerCapture(event.pointerId);
    this.#pointer = event.pointerId;
    this.#began = event.timeStamp;
    this.#frame = this.#shown();
    this.#live = [];
    this.#add([event]);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (!this.#live || event.pointerId !== this.#pointer) return;
    const points = event.getCoalescedEvents?.() ?? [];  // missing on plain HTTP
    this.#add(points.length > 0 ? points : [event]);
  }

  /** @param {PointerEvent[]} events */
  #add(events) {
    const live = /** @type {Stroke} */ (this.#live);
    const { left, top } = this.element.getBoundingClientRect();
    const edge = this.element.clientLeft;
    const view = this.#view;
    const before = live.length;
    for (const event of events) {
      const x = round((event.clientX - left - edge - view.left) / view.scale);
      const y = round((event.clientY - top - edge - view.top) / view.scale);
      const last = live.at(-1);
      if (last && Math.hypot(x - last[0], y - last[1]) < STEP) continue;
      live.push([x, y, Math.max(0, Math.round(event.timeStamp - this.#began))]);
    }
    if (live.length === before) return;
    this.moving.clear(this.#view);
    this.moving.trace(live, this.#pen);
    this.#changed();
  }

  #end() {
    if (!this.#live) return;
    const stroke = this.#live;
    this.#live = null;
    this.#past.push(this.#strokes);
    this.#strokes = [...this.#strokes, stroke];
    if (this.element.hasPointerCapture(this.#pointer)) this.element.releasePointerCapture(this.#pointer);
    this.#pointer = -1;
    this.settled.trace(stroke, this.#pen);
    this.moving.clear(this.#view);
    this.#changed();
  }

  /** @param {Stroke[]} strokes */
  #replace(strokes) {
    this.#strokes = strokes;
    this.redraw();
    this.dispatchEvent(new Event("cut"));
    this.#changed();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    this.element.classList.remove("by-pointer");
    const command = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
    if (command && event.key.toLowerCase() === "z") this.undo();
    else if (event.key === "Delete") this.clear();
    else return;
    event.preventDefault();
  }

  #changed() {
    this.dispatchEvent(new Event("ink"));
  }
}

/** @param {number} value */
const round = (value) => Math.round(value * 100) / 100;
