// @ts-check
/** @import {Place} from "./said.js" */
/** @import {Words} from "./words.js" */

/**
 * What the network sees: one picture, or for a number a row of buttons that choose a digit.
 * Event: `choose` when a person chose another digit.
 */
export class Seen extends EventTarget {
  /** @type {readonly Place[]} */ #digits = [];
  /** @type {number|null} */ #choice = null;  // a person's own, kept while there are so many digits

  /** @param {HTMLElement} element */
  constructor(element) {
    super();
    this.picture = /** @type {HTMLImageElement} */ (element.querySelector(".frame img"));
    this.row = /** @type {HTMLElement} */ (element.querySelector(".row"));
  }

  /** The place of the chosen digit: a person's choice, else the least sure. */
  get chosen() {
    const sureness = this.#digits.map((digit) => digit.confidence);
    return this.#choice ?? sureness.indexOf(Math.min(...sureness));
  }

  /** Whether there are several digits, or one that was read as several. */
  get several() {
    return this.#digits.length > 1 || this.#digits[0]?.rasters.length > 1;
  }

  /** Chooses as a person does. @param {number} place */
  choose(place) {
    if (place < 0 || place >= this.#digits.length) return;
    this.#choice = place;
    this.#press();
    this.dispatchEvent(new Event("choose"));
  }

  /** Chooses without a word, what is shown next included; -1 is none. @param {number} place */
  keep(place) {
    this.#choice = place < 0 ? null : place;
  }

  /** @param {readonly Place[]} digits @param {Words} words */
  show(digits, words) {
    this.#digits = digits;
    if (digits.length < 2 || (this.#choice ?? 0) >= digits.length) this.#choice = null;
    const several = this.several;
    this.row.hidden = !several;
    this.row.ariaLabel = words.chooseRow;
    this.picture.alt = words.seenPicture;
    /** @type {HTMLElement} */ (this.picture.parentElement).hidden = several;
    this.picture.hidden = digits.length === 0;
    if (digits.length > 0) this.picture.src = digits[0].raster;
    while (this.row.children.length > (several ? digits.length : 0)) this.row.lastElementChild?.remove();
    if (!several) return;
    digits.forEach((digit, i) => {
      const button = this.#button(i);
      while (button.children.length > digit.rasters.length) button.lastElementChild?.remove();
      while (button.children.length < digit.rasters.length) button.append(Object.assign(new Image(28, 28), { alt: "" }));
      digit.rasters.forEach((raster, part) => (/** @type {HTMLImageElement} */ (button.children[part]).src = raster));
      button.ariaLabel = digit.said
        ? words.chooseSaid(digit.digit, i + 1, digits.length) : words.choose(digit.digit, digit.confidence, i + 1, digits.length);
    });
    this.#press();
  }

  /** Kept from one reading to the next, so that it keeps the focus. @param {number} i */
  #button(i) {
    const old = this.row.children[i];
    if (old) return old;
    const button = this.row.appendChild(document.createElement("button"));
    button.type = "button";
    button.addEventListener("click", () => this.choose(i));
    return button;
  }

  #press() {
    [...this.row.children].forEach((button, i) => {
      if (button.ariaPressed !== "true" && i === this.chosen) this.#reveal(/** @type {HTMLElement} */ (button));
      button.ariaPressed = String(i === this.chosen);
    });
  }

  /** Scrolls the row alone: the page must not move while one draws. @param {HTMLElement} button */
  #reveal(button) {
    this.row.scrollLeft = button.offsetLeft - (this.row.clientWidth - button.offsetWidth) / 2;
  }
}
