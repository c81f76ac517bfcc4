// @ts-check
/** @import {Place} from "./said.js" */
import { DOUBTFUL } from "./said.js";

const ROOM = 3;        // CSS px between ink and box
const NONE = "×";      // the reading of what a person says is no digit
const LABEL = 24;      // CSS px that a reading needs above or below its box

/** Shows on a pad where the digits lie, each with its reading. */
export class Boxes {
  /** @type {readonly Place[]} */ #digits = [];
  #place = (/** @type {readonly number[]} */ _) => new DOMRect();

  /** @param {HTMLElement} element  the pad's */
  constructor(element) {
    this.element = element;
    this.layer = element.appendChild(document.createElement("div"));
    this.layer.className = "boxes";
    this.layer.ariaHidden = "true";
  }

  /** @param {readonly Place[]} digits @param {(box: readonly number[]) => DOMRect} place  where a box lies on the pad */
  show(digits, place = this.#place) {
    this.#digits = digits;
    this.#place = place;
    this.lay();
  }

  /** The place of the digit whose box, or its label, that is; -1 where it is none. @param {EventTarget|null} target */
  placeOf(target) {
    return [...this.layer.children].indexOf(/** @type {Element} */ (target));
  }

  /** Marks the boxes of these places. @param {number} first @param {number} end */
  mark(first, end) {
    [...this.layer.children].forEach((box, i) => box.classList.toggle("asked", first <= i && i < end));
  }

  lay() {
    // Boxes are kept from one reading to the next, so that they move with the ink and do not flicker.
    while (this.layer.children.length > this.#digits.length) this.layer.lastElementChild?.remove();
    this.#digits.forEach((digit, i) => {
      const box = /** @type {HTMLElement} */ (this.layer.children[i] ?? this.layer.appendChild(document.createElement("div")));
      const { x, y, width, height, bottom } = this.#place(digit.box);
      const below = y - ROOM < LABEL && bottom + ROOM + LABEL < this.element.clientHeight;
      box.dataset.digit = digit.digit || NONE;
      box.classList.toggle("doubtful", digit.confidence < DOUBTFUL && !digit.said);
      box.classList.toggle("below", below);
      box.style.setProperty("--y", `${y - ROOM}px`);
      box.style.left = `${x - ROOM}px`;
      box.style.width = `${width + 2 * ROOM}px`;
      box.style.height = `${height + 2 * ROOM}px`;
    });
  }
}
