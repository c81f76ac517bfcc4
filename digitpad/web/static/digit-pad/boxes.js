// @ts-check
/** @import {Digit} from "./client.js" */

const DOUBTFUL = 0.9;  // a digit with less confidence has a dashed box
const ROOM = 3;        // CSS px between ink and box
const LABEL = 24;      // CSS px that a reading needs above or below its box

/** Shows on a pad where the digits lie, each with its reading. */
export class Boxes {
  /** @type {readonly Digit[]} */ #digits = [];
  #place = (/** @type {readonly number[]} */ _) => new DOMRect();

  /** @param {HTMLElement} element  the pad's */
  constructor(element) {
    this.element = element;
    this.layer = element.appendChild(document.createElement("div"));
    this.layer.className = "boxes";
    this.layer.ariaHidden = "true";
  }

  /** @param {readonly Digit[]} digits @param {(box: readonly number[]) => DOMRect} place  where a box lies on the pad */
  show(digits, place = this.#place) {
    this.#digits = digits;
    this.#place = place;
    this.lay();
  }

  lay() {
    // Boxes are kept from one reading to the next, so that they move with the ink and do not flicker.
    while (this.layer.children.length > this.#digits.length) this.layer.lastElementChild?.remove();
    this.#digits.forEach((digit, i) => {
      const box = /** @type {HTMLElement} */ (this.layer.children[i] ?? this.layer.appendChild(document.createElement("div")));
      const { x, y, width, height, bottom } = this.#place(digit.box);
      const below = y - ROOM < LABEL && bottom + ROOM + LABEL < this.element.clientHeight;
      box.dataset.digit = digit.digit;
      box.classList.toggle("doubtful", digit.confidence < DOUBTFUL);
      box.classList.toggle("below", below);
      box.style.setProperty("--y", `${y - ROOM}px`);
      box.style.left = `${x - ROOM}px`;
      box.style.width = `${width + 2 * ROOM}px`;
      box.style.height = `${height + 2 * ROOM}px`;
    });
  }
}
