// @ts-check
/**
 * The strokes' unit is the CSS px of the pad's size when the first ink came, from its top left, y down. A later resize
 * scales the view (view.js), never the strokes.
 *
 * @typedef {[x: number, y: number, t: number, pressure: number]} Point  t in ms since the stroke began; pressure in [0, 1]
 * @typedef {readonly Point[]} Stroke
 */

/** The settled strokes, with all that can be undone and done again. */
export class History {
  /** @type {readonly Stroke[]} */ strokes = [];
  /** @type {(readonly Stroke[])[]} */ #past = [];
  /** @type {(readonly Stroke[])[]} */ #future = [];

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  /** The strokes become these, in a step that can be undone. @param {readonly Stroke[]} strokes */
  put(strokes) {
    this.#past.push(this.strokes);
    this.#future = [];
    this.strokes = strokes;
  }

  /** The last step led to these strokes instead. @param {readonly Stroke[]} strokes */
  amend(strokes) {
    this.strokes = strokes;
  }

  /** @returns {boolean} whether there was a step to take back */
  undo() {
    return this.#step(this.#past, this.#future);
  }

  redo() {
    return this.#step(this.#future, this.#past);
  }

  /** As new, with strokes that were drawn one after the other. @param {readonly Stroke[]} strokes */
  restore(strokes) {
    this.#past = strokes.map((_, i) => strokes.slice(0, i));
    this.#future = [];
    this.strokes = strokes;
  }

  /** @param {(readonly Stroke[])[]} from @param {(readonly Stroke[])[]} to */
  #step(from, to) {
    const strokes = from.pop();
    if (!strokes) return false;
    to.push(this.strokes);
    this.strokes = strokes;
    return true;
  }
}
