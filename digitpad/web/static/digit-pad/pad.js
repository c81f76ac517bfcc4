// @ts-check
/** @import {Point, Stroke} from "./history.js" */
/** @import {View} from "./layer.js" */
import { History } from "./history.js";
import { fitted, Layer } from "./layer.js";

const PEN = 0.028;  // line width, as a share of the pad's height
const STEP = 1;     // closer points add bytes to a request, not shape
const EVEN = 0.5;   // the pressure of what has none

/**
 * Paper that turns pointer input into strokes and shows them.
 *
 * Events: `ink` after every change of the strokes, also while one is drawn; `cut` before it when strokes were taken away,
 * so that an answer to the earlier ink is out of date; `clear` before it is cleared, and `unclear` when that is undone;
 * `lift` when a stroke has ended; `view` when the ink lies elsewhere on the pad; `pen` when a pen was seen first.
 */
export class Pad extends EventTarget {
  #history = new History();
  /** @type {Point[]|null} */ #live = null;
  /** @type {View} */ #view = { scale: 1, left: 0, top: 0 };
  #frame = new DOMRect(0, 0, 1, 1);  // what the pad showed when a stroke began last: it stays in sight
  #pen = 1;
  #pointer = -1;
  #kind = "";
  #began = 0;
  #penSeen = false;

  /** Whether touches draw; a pen that is seen turns it off, for the palm would draw too. */
  fingers = true;
  disabled = false;

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

  /** Empties it for good. */
  reset() {
    this.#live = null;
    this.#history.forget();
    this.#fit();
    this.#cut();
  }

  /** Shows other strokes, in a step that can be undone. @param {readonly Stroke[]} strokes */
  put(strokes) {
    this.end();
    this.#history.put(strokes);
    this.#cut();
  }

  /** Begins a stroke, at a place in CSS px of the pad; `end` ends it. @param {number} x @param {number} y */
  begin(x, y) {
    this.end();
    this.#start(performance.now());
    this.extend(x, y);
  }

  /** Goes on to a place in CSS px of the pad. @param {number} x @param {number} y */
  extend(x, y) {
    this.#add([[x, y, performance.now(), EVEN]]);
  }

  end() {
    if (!this.#live) return;
    const stroke = this.#live;
    this.#live = null;
    this.#history.put([...this.#history.strokes, stroke]);
    if (this.element.hasPointerCapture(this.#pointer)) this.element.releasePointerCapture(this.#pointer);
    this.#pointer = -1;
    this.settled.trace(stroke, this.#pen);
    this.moving.clear(this.#view);
    this.dispatchEvent(new Event("lift"));
    this.#changed();
  }

  redraw() {
    for (const layer of [this.settled, this.moving]) layer.clear(this.#view);
    for (const stroke of this.#history.strokes) this.settled.trace(stroke, this.#pen);
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
        if (/** @type {PointerEvent} */ (event).pointerId === this.#pointer) this.end();
      });
    }
    on.addEventListener("keydown", () => on.classList.remove("by-pointer"));
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
    if (!this.canUndo && !this.canRedo) {
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
    if (this.disabled || !event.isPrimary || event.button !== 0) return;
    if (event.pointerType === "pen") this.#seePen();
    else if (this.#live || (event.pointerType === "touch" && !this.fingers)) return;
    event.preventDefault();
    this.element.classList.add("by-pointer");  // no focus ring around one's own drawing
    this.element.focus({ preventScroll: true });
    this.element.setPointerCapture(event.pointerId);
    this.#pointer = event.pointerId;
    this.#kind = event.pointerType;
    this.#start(event.timeStamp);
    this.#addEvents([event]);
  }

  #seePen() {
    // The palm touches before the pen does: what it drew is no stroke.
    if (this.#live && this.#kind === "touch") this.#live = null;
    this.end();
    if (this.#penSeen) return;
    this.#penSeen = true;
    this.fingers = false;
    this.dispatchEvent(new Event("pen"));
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (!this.#live || event.pointerId !== this.#pointer) return;
    const points = event.getCoalescedEvents?.() ?? [];  // missing on plain HTTP
    this.#addEvents(points.length > 0 ? points : [event]);
  }

  /** @param {PointerEvent[]} events */
  #addEvents(events) {
    const { left, top } = this.element.getBoundingClientRect();
    const [x, y] = [left + this.element.clientLeft, top + this.element.clientTop];
    this.#add(events.map((event) => [
      event.clientX - x, event.clientY - y, event.timeStamp, event.pointerType === "pen" ? event.pressure : EVEN,
    ]));
  }

  /** @param {number} time */
  #start(time) {
    this.#began = time;
    this.#frame = this.#shown();
    this.#live = [];
  }

  /** @param {Point[]} places  in CSS px of the pad, with the time of `#start` */
  #add(places) {
    const live = this.#live;
    if (!live) return;
    const { scale, left, top } = this.#view;
    const before = live.length;
    for (const [placeX, placeY, time, pressure] of places) {
      const [x, y] = [round((placeX - left) / scale), round((placeY - top) / scale)];
      const last = live.at(-1);
      if (last && Math.hypot(x - last[0], y - last[1]) < STEP) continue;
      live.push([x, y, Math.max(0, Math.round(time - this.#began)), round(pressure)]);
    }
    if (live.length === before) return;
    this.moving.clear(this.#view);
    this.moving.trace(live, this.#pen);
    this.#changed();
  }

  #cut() {
    this.redraw();
    this.dispatchEvent(new Event("cut"));
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("ink"));
  }
}

/** @param {number} value */
const round = (value) => Math.round(value * 100) / 100;
