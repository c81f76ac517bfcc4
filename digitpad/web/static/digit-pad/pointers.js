// @ts-check
/** @import {Pad} from "./pad.js" */
import { EVEN } from "./pad.js";
import { Plane } from "./plane.js";

// A second finger that comes so soon after the first, or before that went so far, makes a gesture of what would be a stroke.
const SOON = 300; // ms
const NEAR = 16;  // CSS px of the window
const STILL = 4;  // the same: what stays so near on a digit's box is a tap on it
const TAP = 400;  // ms that two fingers touch at most to undo
const RUBBERS = 2 | 32; // of `buttons`: the one on a pen's barrel, and its other end

/**
 * The pad from a mouse, fingers and pens. One pointer draws at a time, or erases, as a pen does with its other end or the button on
 * its barrel; fingers that come together draw nothing. Events: `tap` (detail: a place) on the box of a digit; `pen` when a pen
 * was seen first; `undo` when two fingers tap.
 */
export class Pointers extends EventTarget {
  #plane;
  #pointer = -1;  // that draws or may tap; -1 is none
  #kind = "";
  /** Where it began. @type {PointerEvent|null} */ #first = null;
  #reach = 0;  // how far from there it went, CSS px of the window
  #penSeen = false;
  #place = -1;  // of the digit that may be tapped
  /** Where the pen erased last, on the pad; null where it does not. @type {[number, number]|null} */ #rubber = null;
  /** Fingers on the pad, and where each began. @type {Map<number, PointerEvent>} */ #touches = new Map();
  #began = 0;  // when the first of them came
  #taps = 0;  // fingers that came together and may tap; 0 where they went away from there
  /** What a pointer did on a digit's box as long as that may be a tap. @type {PointerEvent[]} */ #held = [];

  /** Whether touches draw; a pen that is seen turns it off, for the palm would draw too. */
  fingers = true;

  /** @param {Pad} pad @param {(target: EventTarget|null) => number} digitAt  the place of the digit whose box it is, or -1 */
  constructor(pad, digitAt) {
    super();
    this.pad = pad;
    this.digitAt = digitAt;
    this.#plane = new Plane(pad.element);
    const on = pad.element;
    on.addEventListener("pointerdown", (event) => (this.#touch(event), this.#down(event)));
    on.addEventListener("pointermove", (event) => (this.#stray(event), this.#move(event)));
    on.addEventListener("pointerup", (event) => this.#leave(event));
    on.addEventListener("pointercancel", ({ pointerId }) => (this.#touches.delete(pointerId), (this.#taps = 0)));
    on.addEventListener("contextmenu", (event) => this.#penSeen && event.preventDefault());  // its button would open one
    for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) {
      on.addEventListener(type, (event) => this.#up(/** @type {PointerEvent} */ (event)));
    }
    on.addEventListener("keydown", () => on.classList.remove("by-pointer"));
    on.addEventListener("blur", () => on.classList.remove("by-pointer"));
    pad.addEventListener("lift", () => this.#release());
  }

  /** @param {PointerEvent} event */
  #down(event) {
    const rubs = event.pointerType === "pen" && (event.buttons & RUBBERS) > 0;
    if (this.pad.disabled || (event.button !== 0 && !rubs)) return;
    if (!event.isPrimary) return this.#gesture(event);
    if (event.pointerType === "pen") this.#seePen();
    else if (this.pad.drawing || (event.pointerType === "touch" && !this.fingers)) return;
    event.preventDefault();
    const { element } = this.pad;
    element.classList.add("by-pointer");  // no focus ring around one's own drawing
    element.focus({ preventScroll: true });
    element.setPointerCapture(event.pointerId);
    this.#pointer = event.pointerId;
    this.#kind = event.pointerType;
    this.#first = event;
    this.#reach = 0;
    this.#rubber = rubs ? this.#at(event) : null;
    this.#place = this.digitAt(event.target);
    if (rubs) this.#rub([event]);
    else if (this.#place >= 0) this.#held = [event];
    else this.#draw([event]);
  }

  /** @param {PointerEvent} event  of another finger */
  #gesture(event) {
    if (this.#pointer === -1 || !this.#first || event.pointerType !== this.#kind) return;
    if (event.timeStamp - this.#first.timeStamp > SOON && this.#reach > NEAR) return;
    this.pad.drop();
    this.#release();
  }

  #seePen() {
    // The palm touches before the pen does: what it drew is no stroke.
    if (this.#kind === "touch") this.pad.drop();
    this.pad.end();
    if (this.#penSeen) return;
    this.#penSeen = true;
    this.fingers = false;
    this.dispatchEvent(new Event("pen"));
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (event.pointerId !== this.#pointer) return;
    const points = event.getCoalescedEvents?.() ?? [];  // missing on plain HTTP
    const events = points.length > 0 ? points : [event];
    const first = /** @type {PointerEvent} */ (this.#first);
    this.#reach = Math.max(this.#reach, Math.hypot(event.clientX - first.clientX, event.clientY - first.clientY));
    if (this.#rubber) return this.#rub(events);
    if (this.#held.length === 0) return this.#draw(events);
    this.#held.push(...events);
    if (this.#reach < STILL) return;
    const held = this.#held;
    this.#held = [];
    this.#draw(held);
  }

  /** @param {PointerEvent} event */
  #up(event) {
    if (event.pointerId !== this.#pointer) return;
    const tapped = event.type === "pointerup" && this.#held.length > 0;
    this.#release();
    this.pad.end();
    if (tapped) this.dispatchEvent(new CustomEvent("tap", { detail: this.#place }));
  }

  #release() {
    const { element } = this.pad;
    const pointer = this.#pointer;
    this.#pointer = -1;
    this.#held = [];
    this.#rubber = null;
    if (element.hasPointerCapture(pointer)) element.releasePointerCapture(pointer);
  }

  /** @param {PointerEvent} event */
  #touch(event) {
    if (event.pointerType !== "touch") return;
    if (event.isPrimary) this.#touches.clear();
    if (this.#touches.size === 0) this.#began = event.timeStamp;
    this.#touches.set(event.pointerId, event);
    this.#taps = this.#touches.size;
  }

  /** @param {PointerEvent} event */
  #stray({ pointerId, clientX, clientY }) {
    const first = this.#touches.get(pointerId);
    if (first && Math.hypot(clientX - first.clientX, clientY - first.clientY) > NEAR) this.#taps = 0;
  }

  /** @param {PointerEvent} event */
  #leave({ pointerId, timeStamp }) {
    if (!this.#touches.delete(pointerId) || this.#touches.size > 0) return;
    if (this.#taps === 2 && timeStamp - this.#began < TAP && !this.pad.disabled) this.dispatchEvent(new Event("undo"));
    this.#taps = 0;
  }

  /** @param {PointerEvent[]} events */
  #rub(events) {
    for (const event of events) {
      const at = this.#at(event);
      this.pad.rub(this.#rubber ?? at, at);
      this.#rubber = at;
    }
  }

  /** Where it is on the pad. @param {PointerEvent} event @returns {[number, number]} */
  #at({ clientX, clientY }) {
    const { x, y } = this.#plane.fromWindow.transformPoint({ x: clientX, y: clientY });
    return [x, y];
  }

  /** @param {PointerEvent[]} events */
  #draw(events) {
    if (!this.pad.drawing) this.pad.begin(this.#first?.timeStamp ?? 0);
    const fromWindow = this.#plane.fromWindow;
    this.pad.add(events.map(({ clientX, clientY, timeStamp, pointerType, pressure }) => {
      const { x, y } = fromWindow.transformPoint({ x: clientX, y: clientY });
      return [x, y, timeStamp, pointerType === "pen" ? pressure : EVEN];
    }));
  }
}
