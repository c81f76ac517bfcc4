// @ts-check

const QUIET = 600;  // ms without a change until something is worth saying aloud

/** The one live region: says what has settled, and only that. */
export class Voice {
  #timer = 0;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
  }

  /** @param {() => string} text  made when it is said, so that it is true then */
  say(text) {
    this.hush();
    this.#timer = setTimeout(() => (this.element.textContent = text()), QUIET);
  }

  hush() {
    clearTimeout(this.#timer);
  }
}
