// @ts-check
/**
 * @import {Sign} from "./client.js"
 * @import {Place, Shown} from "./said.js"
 * @import {Alternative, Words} from "./words.js"
 */
import { parts } from "./said.js";
import { Seen } from "./seen.js";

/** @type {readonly number[]} */
const NO_BARS = Array(10).fill(0);
const CHANCE = 0.05;  // a guess less likely is none

/** A runner-up less likely is neither said nor shown. */
export const WORTH_SAYING = 0.01;

/** Whether there is no guess that is worth a word, nor a person's word. @param {Shown} reading */
export function hopeless({ status, confidence, digits }) {
  return status === "unsure" && confidence < CHANCE && !digits.some(({ said }) => said);
}

/**
 * The likeliest texts, best first; none where there is no guess.
 * @param {Shown} reading
 * @returns {Alternative[]}
 */
export function likeliest(reading) {
  const [best, ...others] = [{ text: reading.text, confidence: reading.confidence }, ...reading.alternatives];
  if (reading.status === "blank" || hopeless(reading)) return [];
  if (reading.status === "read") return [best];
  return [best, ...others.filter(({ confidence }) => confidence >= WORTH_SAYING)].slice(0, 2);
}

/** A reading of a value that was set, not drawn. @param {string} text @returns {Shown} */
export function given(text) {
  const nobody = { version: "", sha256: "" };
  return { text, status: "read", reason: null, confidence: 1, alternatives: [], digits: [], signs: [], marks: [], model: nobody, personal: false };
}

/**
 * Shows a reading; null shows the blank state. Events: `correct` (detail: a place, or null) when a person taps on a digit;
 * `take` (detail: a text) when one of two candidates is tapped.
 */
export class AnswerView extends EventTarget {
  /** @type {readonly Place[]} */ #digits = [];
  /** @type {readonly Sign[]} */ #signs = [];
  /** @type {readonly Alternative[]} */ #options = [];
  /** @type {Words|null} */ #words = null;

  /** @param {HTMLElement} element */
  constructor(element) {
    super();
    this.element = element;
    this.figures = part(element, ".figures");
    this.numerals = [...element.querySelectorAll(".numeral")].map((numeral) => /** @type {HTMLButtonElement} */ (numeral));
    this.sentence = part(element, ".sentence");
    this.reason = part(element, ".reason");
    this.list = part(element, "#bars");
    this.bars = [...this.list.children].map((bar) => /** @type {HTMLElement} */ (bar));
    this.seen = new Seen(part(element, ".seen"));
    this.seen.addEventListener("choose", () => this.#showBars());
    this.numerals.forEach((numeral, i) => numeral.addEventListener("click", (event) => {
      if (this.#options.length > 1) this.dispatchEvent(new CustomEvent("take", { detail: this.#options[i].text }));
      else if (this.#digits.length > 0) this.dispatchEvent(new CustomEvent("correct", { detail: this.#tapped(numeral, event) }));
    }));
  }

  /**
   * @param {Shown|null} reading @param {Words} words
   * @param {{sentence?: string, reason?: string}} [instead] of what the reading says
   */
  show(reading, words, instead = {}) {
    const status = reading?.status ?? "blank";
    const options = reading ? likeliest(reading) : [];
    const blind = reading !== null && hopeless(reading);
    this.#words = words;
    this.#options = options;
    this.element.dataset.status = status;
    // Digits are of one width: so many must fit in a line.
    this.figures.style.setProperty("--length", String(Math.max(1, ...options.map(({ text }) => text.length))));
    this.figures.classList.toggle("stacked", options.length > 1 && options.some(({ text }) => text.length > 1));
    this.numerals.forEach((numeral, i) => {
      const text = options[i]?.text ?? (blind && i === 0 ? "?" : "");
      numeral.textContent = text;
      numeral.hidden = text === "";
      numeral.disabled = options.length < 2 && reading?.digits.length === 0;  // there is nothing to say of it
      numeral.ariaLabel = blind ? words.whatIsIt : options.length > 1 ? words.take(text) : words.correctIt(text);
    });
    this.sentence.textContent = instead.sentence ?? (
      status === "blank" || !reading ? words.blank
      : blind ? words.hopeless
      : status === "unsure" ? words.unsure(options)
      : words.sure(reading.text, reading.confidence));
    this.reason.textContent = instead.reason ?? (
      status === "blank" ? words.invitation : reading?.reason ? words.reason(reading.reason) : "");
    this.#digits = reading?.digits ?? [];
    this.#signs = reading?.signs ?? [];
    this.seen.show(this.#digits, words);
    this.#showBars();
  }

  /** The place of the tapped digit; null from the keyboard. @param {HTMLElement} numeral @param {MouseEvent} event */
  #tapped(numeral, event) {
    if (event.detail === 0) return null;
    const at = Math.floor((event.offsetX / numeral.offsetWidth) * (numeral.textContent ?? "").length);
    let end = 0;  // places may have two digits, or none
    const part = parts({ digits: this.#digits, signs: this.#signs }).find(({ text }) => (end += text.length) > at);
    return part === undefined || part.place < 0 ? null : part.place;
  }

  #showBars() {
    const words = /** @type {Words} */ (this.#words);
    const chosen = this.seen.chosen;
    const digit = this.#digits[chosen];
    const shares = digit?.rasters.length === 1 ? digit.probabilities : NO_BARS;  // of one digit that was read as two, nothing is known
    const top = Math.max(...shares);
    this.list.ariaLabel = words.bars(chosen + 1, this.#digits.length);
    this.bars.forEach((bar, i) => {
      bar.style.setProperty("--share", String(shares[i]));
      bar.classList.toggle("top", top > 0 && shares[i] === top);
      part(bar, ".number").textContent = shares !== NO_BARS ? words.finePercent(shares[i]) : "–";
    });
  }
}

/** @param {Element} parent @param {string} selector */
function part(parent, selector) {
  return /** @type {HTMLElement} */ (parent.querySelector(selector));
}
