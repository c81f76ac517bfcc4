// @ts-check
/**
 * @import {Chooser} from "./chooser.js"
 * @import {Reading} from "./client.js"
 * @import {Correction} from "./corrections.js"
 * @import {Seen} from "./seen.js"
 * @import {Words} from "./words.js"
 * @typedef {{id: string, label: string|null}} Label  what a person says that a digit is
 */
import { Corrections, uuid } from "./corrections.js";
import { Left } from "./left.js";

/**
 * What a person says of the digits on the pad, and where it is remembered.
 * Events: `change` when the answer is to be shown again, `learned` when the service may read the same otherwise now.
 */
export class Correcting extends EventTarget {
  /** By place. @type {Map<number, Label>} */ #labels = new Map();
  /** None where nothing is remembered. @type {Corrections|null} */ #store = null;
  #removed = "";  // the id of the correction that was taken back last
  #stands = true;  // whether what was read counts as right unless something else is said of it

  /** The last answer of the service. @type {Reading|null} */ reading = null;
  /** What became of the last correction, as a key of the words. @type {"learned"|"waiting"|"notKept"|"only"|"takenBack"|null} */
  note = null;
  /** Whether the last answer is to what is on the pad now. */
  fresh = true;
  /** Whether to ask as soon as that is so. */
  asked = false;
  /** What was left as it was read. */
  left = new Left();

  /**
   * @param {Chooser} chooser @param {Seen} seen  says which digit is chosen
   * @param {(correction: Correction & {place: number}) => boolean} offer  whether the page lets a correction be
   */
  constructor(chooser, seen, offer) {
    super();
    this.chooser = chooser;
    this.seen = seen;
    this.offer = offer;
    chooser.addEventListener("label", (event) => this.#label(/** @type {CustomEvent} */ (event).detail));
  }

  /** Where corrections are remembered: at a service, or not at all. @param {URL|null} base @param {string|null} token */
  configure(base, token) {
    if (base?.href === this.#store?.base.href && token === (this.#store?.token ?? null)) return this.#store?.start();
    this.#store?.stop();
    this.#store = base && new Corrections(base, token);
    this.left.forget();
    this.#stands = false;
    for (const type of /** @type {const} */ (["kept", "waiting", "refused"])) {
      this.#store?.addEventListener(type, (event) => this.#answered(type, /** @type {CustomEvent} */ (event).detail.id));
    }
  }

  /** Sends nothing again until it is configured again. */
  stop() {
    this.#store?.stop();
  }

  /** The pad is cleared: what was read of it, and not corrected, was right. */
  leave() {
    const { reading } = this;
    const stands = this.#store && this.#stands && this.fresh && reading?.status === "read";
    this.left.add(stands ? reading.digits.filter((_, i) => !this.#labels.has(i)) : []);
  }

  /** The pad has other ink, so what was said no longer holds. */
  forget() {
    this.#labels.clear();
    this.#stands = true;
    this.note = null;
    this.fresh = false;
    this.asked = false;
    this.chooser.close();
  }

  /**
   * The service answers this of what is on the pad; null when that is nothing.
   * @param {Reading|null} reading @param {boolean} [fresh]  whether the pad still has the ink that was read
   */
  take(reading, fresh = true) {
    if (reading?.digits.length !== this.reading?.digits.length) this.#labels.clear();
    this.reading = reading;
    this.fresh = fresh;
  }

  /** The answer with what a person said of it; the same when nothing was said. @returns {Reading|null} */
  get shown() {
    const { reading } = this;
    if (!reading || this.#labels.size === 0) return reading;
    const digits = reading.digits.map((digit, i) => {
      const label = this.#labels.get(i);
      return label ? { ...digit, digit: label.label ?? "" } : digit;
    });
    return { ...reading, digits, text: digits.map(({ digit }) => digit).join(""), status: "read", reason: null };
  }

  /** Whether a person said what the chosen digit is. */
  get corrected() {
    return this.#labels.has(this.seen.chosen);
  }

  /** Asks what the chosen digit is, once the service has read it. @param {Words} words */
  ask(words) {
    this.asked = !this.fresh;
    if (this.asked) return;
    const count = this.reading?.digits.length ?? 0;
    if (count > 0) this.chooser.open(words, this.seen.chosen, count, this.#store !== null && !this.#store.explained);
  }

  /** What was said of the chosen digit no longer holds. */
  takeBack() {
    const id = this.#labels.get(this.seen.chosen)?.id;
    if (!id) return;
    this.#labels.delete(this.seen.chosen);
    this.#stands = false;
    this.note = "takenBack";
    this.#removed = id;
    this.#store?.remove(id);
    this.dispatchEvent(new Event("change"));
  }

  /** @param {string|null} label */
  #label(label) {
    const { reading } = this;
    const place = this.seen.chosen;
    const digit = reading?.digits[place];
    if (!digit) return;
    const drawn = digit.ink ? { ink: digit.ink } : { raster: digit.raster };
    const correction = { id: uuid(), ...drawn, label, predicted: digit.digit, model: reading.model.sha256 };
    if (!this.offer({ ...correction, place })) {
      this.#stands = false;
      return;
    }
    this.#labels.set(place, { id: correction.id, label });
    this.note = "only";
    this.#store?.add(correction);
    this.dispatchEvent(new Event("change"));
  }

  /** @param {"kept"|"waiting"|"refused"} how @param {string} id */
  #answered(how, id) {
    const labelled = [...this.#labels.values()].some((label) => label.id === id);
    if (how === "kept" && (labelled || id === this.#removed)) this.dispatchEvent(new Event("learned"));
    if (!labelled) return;
    this.note = how === "kept" ? "learned" : how === "waiting" ? "waiting" : "notKept";
    this.dispatchEvent(new Event("change"));
  }
}
