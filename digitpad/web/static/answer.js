// @ts-check
/** @import {Alternative, Digit, Reading} from "./client.js" */
import { Seen } from "./seen.js";
import { finePercent, words } from "./words.js";

/** @type {readonly number[]} */
const NO_BARS = Array(10).fill(0);

/**
 * The likeliest texts, best first.
 * @param {Reading} reading
 * @returns {Alternative[]}
 */
export function likeliest(reading) {
  const count = reading.status === "blank" ? 0 : reading.status === "unsure" ? 2 : 1;
  return [{ text: reading.text, confidence: reading.confidence }, ...reading.alternatives].slice(0, count);
}

/** What a screen reader says of a settled answer. @param {Reading|null} reading */
export function spoken(reading) {
  if (!reading || reading.status === "blank") return words.cleared;
  if (reading.status === "unsure") return words.sayUnsure(likeliest(reading), reading.reason);
  return words.saySure(reading.text, reading.confidence);
}

/** Shows a reading; null shows the blank state. */
export class AnswerView {
  /** @type {readonly Digit[]} */ #digits = [];

  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.figures = part(element, ".figures");
    this.numerals = element.querySelectorAll(".numeral");
    this.sentence = part(element, ".sentence");
    this.reason = part(element, ".reason");
    this.list = part(element, "#bars");
    this.bars = [...this.list.children].map((bar) => /** @type {HTMLElement} */ (bar));
    this.seen = new Seen(part(element, ".seen"));
    this.seen.addEventListener("choose", () => this.#showBars());
  }

  /** @param {Reading|null} reading */
  show(reading) {
    const status = reading?.status ?? "blank";
    const options = reading ? likeliest(reading) : [];
    this.element.dataset.status = status;
    // Digits are of one width: so many must fit in a line.
    this.figures.style.setProperty("--length", String(Math.max(1, ...options.map(({ text }) => text.length))));
    this.figures.classList.toggle("stacked", options.length > 1 && options.some(({ text }) => text.length > 1));
    this.numerals.forEach((numeral, i) => (numeral.textContent = options[i]?.text ?? ""));
    this.sentence.textContent =
      status === "blank" || !reading ? words.blank
      : status === "unsure" ? words.unsure(options)
      : words.sure(reading.text, reading.confidence);
    this.reason.textContent = status === "blank" ? words.invitation : reading?.reason ?? "";
    this.#digits = reading?.digits ?? [];
    this.seen.show(this.#digits);
    this.#showBars();
  }

  #showBars() {
    const chosen = this.seen.chosen;
    const digit = this.#digits[chosen];
    const shares = digit?.probabilities ?? NO_BARS;
    const top = Math.max(...shares);
    this.list.ariaLabel = words.bars(chosen + 1, this.#digits.length);
    this.bars.forEach((bar, i) => {
      bar.style.setProperty("--share", String(shares[i]));
      bar.classList.toggle("top", top > 0 && shares[i] === top);
      part(bar, ".number").textContent = digit ? finePercent(shares[i]) : "–";
    });
  }
}

/** @param {Element} parent @param {string} selector */
function part(parent, selector) {
  const found = parent.querySelector(selector);
  if (!found) throw new Error(`the page lacks ${selector}`);
  return /** @type {HTMLElement} */ (found);
}
