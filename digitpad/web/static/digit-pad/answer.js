// @ts-check
/** @import {Digit, Reading} from "./client.js" */
/** @import {Alternative, Words} from "./words.js" */
import { Seen } from "./seen.js";

/** @type {readonly number[]} */
const NO_BARS = Array(10).fill(0);
const WORTH_SAYING = 0.01;  // a runner-up less likely is not said aloud

/**
 * The likeliest texts, best first.
 * @param {Reading} reading
 * @returns {Alternative[]}
 */
export function likeliest(reading) {
  const count = reading.status === "blank" ? 0 : reading.status === "unsure" ? 2 : 1;
  return [{ text: reading.text, confidence: reading.confidence }, ...reading.alternatives].slice(0, count);
}

/** What a screen reader says of a settled answer. @param {Reading|null} reading @param {Words} words */
export function spoken(reading, words) {
  if (!reading || reading.status === "blank") return words.blank;
  if (reading.status === "unsure") return words.sayUnsure(likeliest(reading), words.reason(reading.reason ?? ""));
  const [other] = reading.alternatives;
  return words.saySure(reading.text, reading.confidence, other?.confidence >= WORTH_SAYING ? other : undefined);
}

/** A reading of a value that was set, not drawn. @param {string} text @returns {Reading} */
export function given(text) {
  const nobody = { version: "", sha256: "" };
  return { text, status: "read", reason: null, confidence: 1, alternatives: [], digits: [], model: nobody, personal: false };
}

/** Shows a reading; null shows the blank state. Event: `correct` (detail: a place) when a person taps on a digit. */
export class AnswerView extends EventTarget {
  /** @type {readonly Digit[]} */ #digits = [];
  /** @type {Words|null} */ #words = null;

  /** @param {HTMLElement} element */
  constructor(element) {
    super();
    this.element = element;
    this.figures = part(element, ".figures");
    this.numerals = [...element.querySelectorAll(".numeral")].map((numeral) => /** @type {HTMLElement} */ (numeral));
    this.sentence = part(element, ".sentence");
    this.reason = part(element, ".reason");
    this.list = part(element, "#bars");
    this.bars = [...this.list.children].map((bar) => /** @type {HTMLElement} */ (bar));
    this.seen = new Seen(part(element, ".seen"));
    this.seen.addEventListener("choose", () => this.#showBars());
    for (const numeral of this.numerals) numeral.addEventListener("click", (event) => this.#tap(numeral, event));
  }

  /**
   * @param {Reading|null} reading @param {Words} words
   * @param {{sentence?: string, reason?: string}} [instead] of what the reading says
   */
  show(reading, words, instead = {}) {
    const status = reading?.status ?? "blank";
    const options = reading ? likeliest(reading) : [];
    this.#words = words;
    this.element.dataset.status = status;
    // Digits are of one width: so many must fit in a line.
    this.figures.style.setProperty("--length", String(Math.max(1, ...options.map(({ text }) => text.length))));
    this.figures.classList.toggle("stacked", options.length > 1 && options.some(({ text }) => text.length > 1));
    this.numerals.forEach((numeral, i) => (numeral.textContent = options[i]?.text ?? ""));
    this.sentence.textContent = instead.sentence ?? (
      status === "blank" || !reading ? words.blank
      : status === "unsure" ? words.unsure(options)
      : words.sure(reading.text, reading.confidence));
    this.reason.textContent = instead.reason ?? (
      status === "blank" ? words.invitation : reading?.reason ? words.reason(reading.reason) : "");
    this.#digits = reading?.digits ?? [];
    this.seen.show(this.#digits, words);
    this.#showBars();
  }

  /** @param {HTMLElement} numeral  the answer, or a runner-up, which may be longer @param {MouseEvent} event */
  #tap(numeral, event) {
    const { left, width } = numeral.getBoundingClientRect();
    const tapped = Math.floor(((event.clientX - left) / width) * (numeral.textContent ?? "").length);
    const place = Math.min(tapped, this.#digits.length - 1);
    if (place >= 0) this.dispatchEvent(new CustomEvent("correct", { detail: place }));
  }

  #showBars() {
    const words = /** @type {Words} */ (this.#words);
    const chosen = this.seen.chosen;
    const digit = this.#digits[chosen];
    const shares = digit?.probabilities ?? NO_BARS;
    const top = Math.max(...shares);
    this.list.ariaLabel = words.bars(chosen + 1, this.#digits.length);
    this.bars.forEach((bar, i) => {
      bar.style.setProperty("--share", String(shares[i]));
      bar.classList.toggle("top", top > 0 && shares[i] === top);
      part(bar, ".number").textContent = digit ? words.finePercent(shares[i]) : "–";
    });
  }
}

/** @param {Element} parent @param {string} selector */
function part(parent, selector) {
  return /** @type {HTMLElement} */ (parent.querySelector(selector));
}
