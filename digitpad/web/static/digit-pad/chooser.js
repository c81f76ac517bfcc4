// @ts-check
/**
 * @import {Place} from "./said.js"
 * @import {Words} from "./words.js"
 */

const LABELS = ["1", "2", "3", "4", "5", "", "6", "7", "8", "9", "0"];  // as a telephone has them; "" is no digit

/**
 * The buttons with which a person says what a digit is: which one, that it is none, one with its neighbours, or two.
 * Events: `say` (detail: {from, to, text}, as in said.js); `span` (detail: [first, end] of the places that are asked about);
 * `close` when it closes.
 */
export class Chooser extends EventTarget {
  /** @type {readonly Place[]} */ #places = [];
  /** @type {Words|null} */ #words = null;
  #first = 0;  // the places that are asked about
  #end = 1;
  /** What was said of two digits in one; null where one is asked for. @type {string|null} */ #two = null;

  /** @param {HTMLElement} element */
  constructor(element) {
    super();
    this.element = element;
    const part = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (element.querySelector(selector));
    this.title = part(".question");
    this.kept = part(".kept");
    this.buttons = LABELS.map((label) => button(part(".labels"), () => this.#choose(label), label));
    this.none = this.buttons[LABELS.indexOf("")];
    this.cancel = button(part(".labels"), () => this.close(), "×");
    this.cancel.className = "cancel";
    this.before = button(part(".other"), () => this.#join(this.#first - 1, this.#end));
    this.two = button(part(".other"), () => this.#ask(this.#first, this.#end, this.#two === null ? "" : null));
    this.after = button(part(".other"), () => this.#join(this.#first, this.#end + 1));
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

  /** @param {Words} words @param {readonly Place[]} places @param {number} place  of the digit, from 0 @param {boolean} explain */
  open(words, places, place, explain) {
    this.#words = words;
    this.#places = places;
    this.kept.textContent = words.kept;
    this.kept.hidden = !explain;
    this.none.textContent = words.notADigitShort;
    this.none.ariaLabel = words.notADigit;
    this.cancel.ariaLabel = words.cancel;
    this.two.textContent = words.two;
    const opens = !this.isOpen;
    this.element.hidden = false;
    this.#ask(place, place + 1);
    if (!opens) return;
    this.buttons[0].focus({ preventScroll: true });
    this.element.scrollIntoView({ block: "nearest" });
  }

  close() {
    if (!this.isOpen) return;
    this.element.hidden = true;
    this.dispatchEvent(new Event("close"));
  }

  /** @param {number} first @param {number} end */
  #join(first, end) {
    this.#ask(first, end);
    this.buttons[0].focus({ preventScroll: true });  // the button that was pressed may be gone
  }

  /** @param {number} first @param {number} end @param {string|null} [two] */
  #ask(first, end, two = null) {
    const words = /** @type {Words} */ (this.#words);
    const [before, after] = [this.#places[first - 1], this.#places[end]];
    [this.#first, this.#end, this.#two] = [first, end, two];
    this.title.textContent =
      two === "" ? words.whichFirst
      : two ? words.whichSecond(two)
      : end - first > 1 ? words.whichTogether(this.#places.slice(first, end).map(({ digit }) => digit))
      : words.whichDigit(first + 1, this.#places.length);
    for (const [button, neighbour, label] of /** @type {const} */ ([
      [this.before, before, words.withBefore], [this.after, after, words.withAfter],
    ])) {
      button.hidden = !neighbour || two !== null;
      if (!neighbour) continue;
      button.textContent = words.withDigit(neighbour.digit);
      button.ariaLabel = label(neighbour.digit);
    }
    this.two.ariaPressed = String(two !== null);
    this.none.ariaDisabled = String(two !== null);
    this.dispatchEvent(new CustomEvent("span", { detail: [first, end] }));
  }

  /** @param {string} label */
  #choose(label) {
    if (this.#two !== null && !label) return;
    if (this.#two === "") return this.#ask(this.#first, this.#end, label);
    const [from, to] = [this.#places[this.#first].from, this.#places[this.#end - 1].to];
    const text = (this.#two ?? "") + label;
    this.close();
    this.dispatchEvent(new CustomEvent("say", { detail: { from, to, text } }));
  }
}

/** @param {HTMLElement} parent @param {() => void} act @param {string} [text] */
function button(parent, act, text = "") {
  const made = parent.appendChild(document.createElement("button"));
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}
