// @ts-check
/**
 * @import {Pad} from "./pad.js"
 * @import {Picture} from "./picture.js"
 * @import {Pointers} from "./pointers.js"
 */

/** The buttons below the paper, and the fingers and keys that do the same. Event: `emptied` when a picture was taken away. */
export class Tools extends EventTarget {
  /** @param {HTMLElement} frame  in which all of it is @param {Pad} pad @param {Picture} picture @param {Pointers} pointers */
  constructor(frame, pad, picture, pointers) {
    super();
    this.frame = frame;
    this.pad = pad;
    this.picture = picture;
    this.pointers = pointers;
    const button = (/** @type {string} */ id) => /** @type {HTMLElement} */ (frame.querySelector(id));
    this.undoing = button("#undo");
    this.redoing = button("#redo");
    this.clearing = button("#clear");
    this.finger = button("#finger");
    this.undoing.addEventListener("click", () => this.#undo());
    this.redoing.addEventListener("click", () => pad.redo());
    this.clearing.addEventListener("click", () => this.#clear());
    this.finger.addEventListener("click", () => this.#switchFingers(!pointers.fingers));
    pointers.addEventListener("pen", () => this.#switchFingers(false));
    pointers.addEventListener("undo", () => this.#undo());
    pad.element.addEventListener("keydown", (event) => {
      if (event.key === "Delete" && picture.blob) this.#clear();
    });
  }

  /** @param {boolean} given  whether there is a value that was set */
  show(given) {
    const pictured = this.picture.blob !== null;
    const drawn = pictured || this.pad.strokes.length > 0;
    this.frame.classList.toggle("inked", drawn || given);
    this.frame.classList.toggle("pictured", pictured);
    this.undoing.ariaDisabled = String(!this.pad.canUndo && !pictured);
    this.redoing.ariaDisabled = String(!this.pad.canRedo);
    this.clearing.ariaDisabled = String(!drawn);
  }

  #undo() {
    const pictured = this.picture.blob !== null;
    if (pictured) this.picture.show(null);
    this.pad.undo();
    if (pictured && this.pad.strokes.length === 0) this.dispatchEvent(new Event("emptied"));  // nothing was there before
  }

  #clear() {
    if (!this.picture.blob) return this.pad.clear();
    this.picture.show(null);
    this.dispatchEvent(new Event("emptied"));
  }

  /** @param {boolean} on */
  #switchFingers(on) {
    this.pointers.fingers = on;
    this.finger.hidden = false;
    this.finger.ariaPressed = String(on);
  }
}
