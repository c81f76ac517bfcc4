// @ts-check
/** @import {Pad} from "./pad.js" */
import { EVEN } from "./pad.js";

const ROWS = 14;    // steps from the pad's top to its bottom
const MARGIN = 0.5; // steps that the cursor stays away from the pad's edge

/** @type {Record<string, [number, number]>} */
const MOVES = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
  Home: [-1, -1], PageUp: [1, -1], End: [-1, 1], PageDown: [1, 1],  // as they lie on the number pad
};

/**
 * The pad from the keyboard: a pen that keys move, put down and lift; undo, redo and clear.
 * Event: `cursor` (detail: {down, column, row}) when the pen was moved, put down or lifted.
 */
export class Cursor extends EventTarget {
  #column = -1;  // from 0 in the middle of the first step; -1 is where it was never used
  #row = -1;
  #down = false;

  /** @param {Pad} pad */
  constructor(pad) {
    super();
    this.pad = pad;
    this.mark = pad.element.appendChild(document.createElement("div"));
    this.mark.className = "cursor";
    this.mark.hidden = true;
    pad.element.addEventListener("keydown", (event) => this.#key(event));
    pad.element.addEventListener("pointerdown", () => this.#hide());
    pad.element.addEventListener("blur", () => this.#hide());
    pad.addEventListener("cut", () => (this.#down = false, this.#show()));
    pad.addEventListener("view", () => this.#show());
  }

  get #size() {
    return this.pad.element.clientHeight / ROWS;
  }

  get #columns() {
    return Math.max(1, Math.floor(this.pad.element.clientWidth / this.#size));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (this.pad.disabled || event.altKey) return;
    const move = MOVES[event.key];
    if (event.ctrlKey || event.metaKey) {
      const key = event.key.toLowerCase();
      if (key === "z" && !event.shiftKey) this.pad.undo();
      else if (key === "y" || key === "z") this.pad.redo();
      else return;
    } else if (move) this.#move(...move);
    else if (event.key === " " || event.key === "Enter") this.#toggle();
    else if (event.key === "Escape" && this.#down) this.#toggle();
    else if (event.key === "Delete") this.pad.clear();
    else return;
    event.preventDefault();
  }

  /** @param {number} dx @param {number} dy */
  #move(dx, dy) {
    if (!this.#appear()) {
      this.#column = Math.max(0, Math.min(this.#columns - 1, this.#column + dx));
      this.#row = Math.max(0, Math.min(ROWS - 1, this.#row + dy));
      if (this.#down) this.#draw();
    }
    this.#tell();
  }

  #toggle() {
    this.#appear();
    this.#down = !this.#down;
    if (this.#down) {
      this.pad.begin(performance.now());
      this.#draw();
    } else this.pad.end();
    this.#tell();
  }

  #draw() {
    this.pad.add([[...this.#place(), performance.now(), EVEN]]);
  }

  /** @returns {boolean} whether it appears now */
  #appear() {
    if (!this.mark.hidden) return false;
    if (this.#column < 0) [this.#column, this.#row] = [Math.floor(this.#columns / 2) - 2, 3];
    this.mark.hidden = false;
    return true;
  }

  #hide() {
    if (this.#down) this.pad.end();
    this.#down = false;
    this.mark.hidden = true;
  }

  /** @returns {[number, number]} CSS px of the pad */
  #place() {
    return [(this.#column + MARGIN) * this.#size, (this.#row + MARGIN) * this.#size];
  }

  #tell() {
    this.#show();
    const detail = { down: this.#down, column: this.#column + 1, row: this.#row + 1 };
    this.dispatchEvent(new CustomEvent("cursor", { detail }));
  }

  #show() {
    const [x, y] = this.#place();
    this.mark.style.translate = `${x}px ${y}px`;
    this.mark.classList.toggle("down", this.#down);
  }
}
