// @ts-check
/** @import {Alternative, Reading} from "./client.js" */
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
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.numerals = element.querySelectorAll(".numeral");
    this.sentence = part(element, ".sentence");
    this.reason = part(element, ".reason");
    this.bars = [...element.querySelectorAll("[data-digit]")].map((bar) => /** @type {HTMLElement} */ (bar));
    this.raster = /** @type {HTMLImageElement} */ (part(element, "#raster"));
  }

  /** @param {Reading|null} reading */
  show(reading) {
    const status = reading?.status ?? "blank";
    const options = reading ? likeliest(reading) : [];
    this.element.dataset.status = status;
    this.numerals.forEach((numeral, i) => (numeral.textContent = options[i]?.text ?? ""));
    this.sentence.textContent =
      status === "blank" || !reading ? words.blank
      : status === "unsure" ? words.unsure(options)
      : words.sure(reading.text, reading.confidence);
    this.reason.textContent = status === "blank" ? words.invitation : reading?.reason ?? "";
    this.#showDigit(reading);
  }

  /** @param {Reading|null} reading */
  #showDigit(reading) {
    const digit = reading?.digits[0];
    const shares = digit?.probabilities ?? NO_BARS;
    const top = Math.max(...shares);
    this.bars.forEach((bar, i) => {
      bar.style.setProperty("--share", String(shares[i]));
      bar.classList.toggle("top", top > 0 && shares[i] === top);
      part(bar, ".number").textContent = digit ? finePercent(shares[i]) : "–";
    });
    this.raster.hidden = !digit;
    if (digit) this.raster.src = digit.raster;
  }
}

/** @param {Element} parent @param {string} selector */
function part(parent, selector) {
  const found = parent.querySelector(selector);
  if (!found) throw new Error(`the page lacks ${selector}`);
  return /** @type {HTMLElement} */ (found);
}
