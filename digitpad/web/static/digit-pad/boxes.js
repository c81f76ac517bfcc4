// @ts-check
/**
 * @import {Beside} from "./beside.js"
 * @import {Place} from "./said.js"
 * @import {Words} from "./words.js"
 */
import { DOUBTFUL } from "./said.js";

const ROOM = 3;        // CSS px between ink and box
const NONE = "×";      // the reading of what a person says is no digit
const LABEL = 24;      // CSS px that a reading needs above or below its box

/** Shows on a pad where the digits lie, each with its reading, and what stands beside them. */
export class Boxes {
  /** @type {readonly Place[]} */ #digits = [];
  /** @type {readonly Beside[]} */ #others = [];
  /** @type {Words|null} */ #words = null;
  #place = (/** @type {readonly number[]} */ _) => new DOMRect();

  /** @param {HTMLElement} element  the pad's */
  constructor(element) {
    this.element = element;
    this.layer = element.appendChild(document.createElement("div"));
    this.layer.className = "boxes";
    this.beside = element.appendChild(document.createElement("div"));
    this.beside.className = "beside";
    this.layer.ariaHidden = this.beside.ariaHidden = "true";
  }

  /**
   * @param {readonly Place[]} digits @param {readonly Beside[]} others @param {Words} words
   * @param {(box: readonly number[]) => DOMRect} place  where a box lies on the pad
   */
  show(digits, others, words, place) {
    this.#digits = digits;
    this.#others = others;
    this.#words = words;
    this.#place = place;
    this.lay();
  }

  /** Shows none. */
  hide() {
    this.#digits = this.#others = [];
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
    this.#fill(this.layer, this.#digits, (box, digit, { top, bottom }) => {
      box.dataset.digit = digit.digit || NONE;
      box.classList.toggle("doubtful", digit.confidence < DOUBTFUL && !digit.said);
      const under = bottom + LABEL < this.element.clientHeight;
      box.classList.toggle("below", top < LABEL && under);
      box.classList.toggle("bare", top < LABEL && !under);  // on a strip a label would hide the digit
    });
    // Theirs are below, where those of digits are not.
    this.#fill(this.beside, this.#others, (box, { name, fits, says }, { top, bottom }) => {
      const under = bottom + LABEL < this.element.clientHeight;
      box.dataset.name = this.#words?.beside[name] ?? name;
      box.className = says ? "sign" : "mark";
      box.classList.toggle("fits", fits);
      box.classList.toggle("below", under);
      box.classList.toggle("bare", top < LABEL && !under);
    });
  }

  /**
   * Boxes are kept from one reading to the next, so that they move with the ink and do not flicker.
   * @template {{box: readonly number[]}} Item
   * @param {HTMLElement} layer @param {readonly Item[]} items @param {(box: HTMLElement, item: Item, at: DOMRect) => void} dress
   */
  #fill(layer, items, dress) {
    while (layer.children.length > items.length) layer.lastElementChild?.remove();
    items.forEach((item, i) => {
      const box = /** @type {HTMLElement} */ (layer.children[i] ?? layer.appendChild(document.createElement("div")));
      const { x, y, width, height } = this.#place(item.box);
      const at = new DOMRect(x - ROOM, y - ROOM, width + 2 * ROOM, height + 2 * ROOM);
      box.style.setProperty("--y", `${at.y}px`);
      box.style.left = `${at.x}px`;
      box.style.width = `${at.width}px`;
      box.style.height = `${at.height}px`;
      dress(box, item, at);
    });
  }
}
