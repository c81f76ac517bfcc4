// @ts-check
/**
 * A square of paper that turns pointer input into strokes and shows them.
 *
 * @typedef {[x: number, y: number, t: number]} Point  CSS px from the pad's top left, y down; ms since the stroke began
 * @typedef {Point[]} Stroke
 */

const PEN = 0.03;  // line width, as a share of the pad's side
const STEP = 1;    // CSS px: closer points add bytes to a request, not shape

/**
 * Events: `ink` after every change of the strokes, also while one is drawn; `cut` before it when strokes were taken
 * away, so that an answer to the earlier ink is out of date.
 */
export class Pad extends EventTarget {
  /** @type {Stroke[]} */ #strokes = [];
  /** @type {Stroke[][]} */ #past = [];
  /** @type {Stroke|null} */ #live = null;
  #pointer = -1;
  #began = 0;
  #side = 1;
  #inkSide = 1;  // the side when the first ink came: a later resize scales the view, never the strokes

  /** @param {HTMLElement} element */
  constructor(element) {
    super();
    this.element = element;
    // Two layers: each move redraws only the stroke in progress, however much was drawn before.
    this.settled = layer(element);
    this.moving = layer(element);
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
    for (const context of [this.settled, this.moving]) this.#prepare(context);
    for (const stroke of this.#strokes) trace(this.settled, stroke, this.#inkSide * PEN);
    if (this.#live) trace(this.moving, this.#live, this.#inkSide * PEN);
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
    this.#side = this.element.clientWidth || 1;
    if (!this.canUndo && !this.#live) this.#inkSide = this.#side;
    for (const { canvas } of [this.settled, this.moving]) {
      canvas.width = canvas.height = Math.round(this.#side * devicePixelRatio);
    }
    this.redraw();
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
    const scale = this.#inkSide / this.#side;
    const before = live.length;
    for (const event of events) {
      const x = round((event.clientX - left - edge) * scale);
      const y = round((event.clientY - top - edge) * scale);
      const last = live.at(-1);
      if (last && Math.hypot(x - last[0], y - last[1]) < STEP) continue;
      live.push([x, y, Math.max(0, Math.round(event.timeStamp - this.#began))]);
    }
    if (live.length === before) return;
    this.#prepare(this.moving);
    trace(this.moving, live, this.#inkSide * PEN);
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
    trace(this.settled, stroke, this.#inkSide * PEN);
    this.#prepare(this.moving);
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

  /** Empties a layer and sets it to draw in the strokes' unit. @param {CanvasRenderingContext2D} context */
  #prepare(context) {
    const scale = context.canvas.width / this.#inkSide;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, context.canvas.width, context.canvas.height);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.strokeStyle = context.fillStyle = getComputedStyle(this.element).color;
    context.lineCap = context.lineJoin = "round";
  }
}

/** @param {number} value */
const round = (value) => Math.round(value * 100) / 100;

/** @param {HTMLElement} parent */
function layer(parent) {
  const canvas = parent.appendChild(document.createElement("canvas"));
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
}

/**
 * Quadratic curves between the midpoints, with the points as controls; a dot for a tap.
 * @param {CanvasRenderingContext2D} context @param {Stroke} stroke @param {number} width
 */
function trace(context, stroke, width) {
  const [x0, y0] = stroke[0];
  context.beginPath();
  if (stroke.length === 1) {
    context.arc(x0, y0, width * 0.6, 0, 2 * Math.PI);
    context.fill();
    return;
  }
  context.lineWidth = width;
  context.moveTo(x0, y0);
  for (let i = 1; i < stroke.length - 1; i++) {
    const [x, y] = stroke[i];
    const [nextX, nextY] = stroke[i + 1];
    context.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
  }
  const [x, y] = stroke[stroke.length - 1];
  context.lineTo(x, y);
  context.stroke();
}
