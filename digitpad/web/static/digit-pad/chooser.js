// @ts-check
/** @import {Words} from "./words.js" */

const LABELS = ["1", "2", "3", "4", "5", null, "6", "7", "8", "9", "0"];  // as a telephone has them; null is no digit

/**
 * The buttons with which a person says what a digit is.
 * Event: `label` (detail: "0" to "9", or null for not a digit). `close` when it closes.
 */
export class Chooser extends EventTarget {
  /** @param {HTMLElement} element */
  constructor(element) {
    super();
    this.element = element;
    this.title = /** @type {HTMLElement} */ (element.querySelector(".question"));
    this.kept = /** @type {HTMLElement} */ (element.querySelector(".kept"));
    const grid = /** @type {HTMLElement} */ (element.querySelector(".labels"));
    this.buttons = LABELS.map((label) => {
      const button = grid.appendChild(document.createElement("button"));
      button.type = "button";
      button.textContent = label;
      button.addEventListener("click", () => {
        this.close();
        this.dispatchEvent(new CustomEvent("label", { detail: label }));
      });
      return button;
    });
    this.cancel = grid.appendChild(document.createElement("button"));
    this.cancel.type = "button";
    this.cancel.className = "cancel";
    this.cancel.addEventListener("click", () => this.close());
    element.addEventListener("keydown", (event) => {
      const place = LABELS.indexOf(event.key);
      if (event.key === "Escape") this.close();
      else if (place >= 0) this.buttons[place].click();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  get isOpen() {
    return !this.element.hidden;
  }

  /** @param {Words} words @param {number} place  of the digit, from 0 @param {number} count @param {boolean} explain */
  open(words, place, count, explain) {
    this.title.textContent = words.whichDigit(place + 1, count);
    this.kept.textContent = words.kept;
    this.kept.hidden = !explain;
    this.buttons[LABELS.indexOf(null)].textContent = words.notADigitShort;
    this.buttons[LABELS.indexOf(null)].ariaLabel = words.notADigit;
    this.cancel.textContent = "×";
    this.cancel.ariaLabel = words.cancel;
    if (this.isOpen) return;
    this.element.hidden = false;
    this.buttons[0].focus({ preventScroll: true });
    this.element.scrollIntoView({ block: "nearest" });
  }

  close() {
    if (!this.isOpen) return;
    this.element.hidden = true;
    this.dispatchEvent(new Event("close"));
  }
}
