// @ts-check
/**
 * @import {Digit} from "./client.js"
 * @typedef {{raster: string, label: string}} Example  as the service takes it
 */

const MOST = 20;  // that count: the newest
// Confidences in between are those of digits that are likely right, but were not quite clear: they show a hand.
const LIKELY = 0.9;
const CLEAR = 0.999;
const ERASED = "digitpad.erased";  // in the browser's storage: changes when a person erases all that is remembered

/**
 * Digits that were read and left so: taken for right, they help to read the next ones by the same hand. They are
 * in the page's memory alone, and go along with what is to be read.
 */
export class Left {
  /** @type {readonly Example[]} */ #examples = [];
  /** What they were before the last ones came. @type {readonly Example[]} */ #before = [];
  #since = erased();

  /** Oldest first; none from before all was erased, on whatever page. */
  get examples() {
    if (erased() !== this.#since) this.forget();
    return this.#examples;
  }

  /** @param {readonly Digit[]} digits  what a person drew, saw read, and did not correct */
  add(digits) {
    const telling = digits.filter(({ confidence, ink }) => ink && confidence >= LIKELY && confidence < CLEAR);
    this.#before = this.examples;
    this.#examples = [...this.examples, ...telling.map(({ raster, digit }) => ({ raster, label: digit }))].slice(-MOST);
  }

  /** The last ones were not left after all. */
  takeBack() {
    this.#examples = this.#before;
  }

  forget() {
    this.#examples = this.#before = [];
    this.#since = erased();
  }

  /** Has every page of this site forget, also those that are open. */
  static forgetAll() {
    try {
      localStorage.setItem(ERASED, new Date().toISOString());
    } catch {
      // without storage, each page forgets when it is closed
    }
  }
}

/** When all was erased last. */
function erased() {
  try {
    return localStorage.getItem(ERASED);
  } catch {
    return null;
  }
}
