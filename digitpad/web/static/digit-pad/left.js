// @ts-check
/**
 * @import {Digit} from "./client.js"
 * @typedef {{raster: string, label: string}} Example  as the service takes it
 */

const MOST = 20;  // that count: the newest
// Confidences in between are those of digits that are likely right, but were not quite clear: they show a hand.
const LIKELY = 0.9;
const CLEAR = 0.999;

/**
 * Digits that were read and left so: taken for right, they help to read the next ones by the same hand. They are
 * in the page's memory alone, and go along with what is to be read.
 */
export class Left {
  /** Oldest first. @type {readonly Example[]} */
  examples = [];
  /** What they were before the last ones came. @type {readonly Example[]} */
  #before = [];

  /** @param {readonly Digit[]} digits  what a person drew, saw read, and did not correct */
  add(digits) {
    const telling = digits.filter(({ confidence, ink }) => ink && confidence >= LIKELY && confidence < CLEAR);
    this.#before = this.examples;
    this.examples = [...this.examples, ...telling.map(({ raster, digit }) => ({ raster, label: digit }))].slice(-MOST);
  }

  /** The last ones were not left after all. */
  takeBack() {
    this.examples = this.#before;
  }

  forget() {
    this.examples = this.#before = [];
  }
}
