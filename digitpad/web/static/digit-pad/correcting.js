// @ts-check
/**
 * @import {Chooser} from "./chooser.js"
 * @import {Digit, Reading} from "./client.js"
 * @import {Correction} from "./corrections.js"
 * @import {Expect} from "./expected.js"
 * @import {Saying, Shown} from "./said.js"
 * @import {Note} from "./screen.js"
 * @import {Seen} from "./seen.js"
 * @import {Words} from "./words.js"
 * @typedef {{reading: Reading, sayings: readonly Saying[], confirmed: boolean}} Told  a reading, and what was said of it
 * @typedef {Correction & {place: number, count: number}} Offer  of so many digits from that place on; no correction's label has
 *   two digits, but a person's word may
 */
import { Corrections, uuid } from "./corrections.js";
import { Left } from "./left.js";
import { carried, joined, say, saying, shown } from "./said.js";

/**
 * What a person says of the digits on the pad, and where it is remembered.
 * Events: `change` when the answer is to be shown again, `learned` when the service may read the same otherwise now.
 */
export class Correcting extends EventTarget {
  /** @type {readonly Saying[]} */ #sayings = [];
  #confirmed = false;
  /** Of which that was said. @type {Reading|null} */ #base = null;
  #moved = false;  // whether the ink is another since then
  /** None where nothing is remembered. @type {Corrections|null} */ #store = null;
  #removed = "";  // the id of the correction that was taken back last
  #stands = true;  // whether what was read counts as right unless something else is said of it

  /** The last answer of the service. @type {Reading|null} */ reading = null;
  /** What that was asked for with. @type {Expect} */ expect = "number";
  /** @type {Note|null} */ note = null;
  /** Whether the last answer is to what is on the pad now. */
  fresh = true;
  /** Whether to ask as soon as that is so. */
  asked = false;
  /** What was left as it was read. */
  left = new Left();

  /**
   * @param {Chooser} chooser @param {Seen} seen  says which digit is chosen
   * @param {(offer: Offer) => boolean} offer  whether the page lets a correction be
   */
  constructor(chooser, seen, offer) {
    super();
    this.chooser = chooser;
    this.seen = seen;
    this.offer = offer;
    chooser.addEventListener("say", (event) => this.#hear(/** @type {CustomEvent} */ (event).detail));
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
    const { told } = this;
    const stands = this.#store && this.#stands && this.fresh && told && (told.reading.status === "read" || told.confirmed);
    const said = (/** @type {number} */ i) => told?.sayings.some(({ from, to }) => from <= i && i < to);
    this.left.add(stands ? told.reading.digits.filter((_, i) => !said(i)) : []);
  }

  /** The pad has other ink, or none: what was said holds only where the same ink is read again. */
  move() {
    this.#confirmed = false;
    this.#moved = true;
    this.#stands = true;
    this.note = null;
    this.fresh = false;
    this.asked = false;
    this.chooser.close();
  }

  /** Nothing is left of which something could be said. */
  forget() {
    this.move();
    this.#sayings = [];
    this.#base = this.reading = null;
    this.fresh = true;
  }

  /** The service answers this of what is on the pad. @param {Reading} reading @param {boolean} fresh  whether the pad still has that ink */
  take(reading, fresh) {
    const before = this.shown?.digits.length;
    this.reading = reading;
    this.fresh = fresh;
    if (this.shown?.digits.length !== before) this.chooser.close();  // it asks about digits that are no more
  }

  /** As it was told before. @param {Told} told */
  restore({ reading, sayings, confirmed }) {
    this.forget();
    this.#moved = false;
    this.#base = this.reading = reading;
    this.#sayings = sayings;
    this.#confirmed = confirmed;
    this.#choose(sayings[0]);
  }

  /** What was said, and of what; null as long as nothing is read. @returns {Told|null} */
  get told() {
    const { reading } = this;
    if (!reading) return null;
    if (this.#moved) return { reading, sayings: this.#carried(reading), confirmed: false };
    const silent = this.#sayings.length === 0 && !this.#confirmed;
    return { reading: silent ? reading : this.#base ?? reading, sayings: this.#sayings, confirmed: this.#confirmed };
  }

  /** The answer with what a person said of it. @returns {Shown|null} */
  get shown() {
    const { told } = this;
    return told && shown(told.reading, told.sayings, told.confirmed);
  }

  /** Whether a person said what all of it is, a part of it, or nothing. @returns {"all"|"part"|null} */
  get said() {
    const { told } = this;
    if (!told || (told.sayings.length === 0 && !told.confirmed)) return null;
    return told.confirmed || this.shown?.digits.every(({ said }) => said) ? "all" : "part";
  }

  /** Whether a person said what the chosen digit is. */
  get corrected() {
    return this.shown?.digits[this.seen.chosen]?.said ?? false;
  }

  /** Asks what the chosen digit is, once the service has read it. @param {Words} words */
  ask(words) {
    this.asked = !this.fresh;
    const digits = this.shown?.digits ?? [];
    if (this.asked || digits.length === 0) return;
    this.chooser.open(words, digits, this.seen.chosen, this.#store !== null && !this.#store.explained);
  }

  /** It is this: one of the candidates, or what is shown. @param {string} [text] */
  accept(text) {
    const told = this.#begin();
    if (!told) return;
    // Nothing is sent before a person was told what is kept.
    const heard = (text === undefined ? [] : saying(told.reading, text)).map((one) => this.#say(one, this.#store?.explained ?? false));
    this.#confirmed = heard.every(Boolean);
    this.dispatchEvent(new Event("change"));
  }

  /** What was said of the chosen digit no longer holds. */
  takeBack() {
    const place = this.#begin() && this.shown?.digits[this.seen.chosen];
    const back = this.#sayings.find(({ from }) => from === place?.from);
    if (!back) return;
    this.#sayings = this.#sayings.filter((other) => other !== back);
    this.#confirmed = false;
    this.#stands = false;
    this.note = "takenBack";
    this.#removed = back.id;
    if (back.id) this.#store?.remove(back.id);
    this.dispatchEvent(new Event("change"));
  }

  /** @param {{from: number, to: number, text: string}} what */
  #hear({ from, to, text }) {
    if (this.#begin() && this.#say({ from, to, text, id: "" }, true)) this.dispatchEvent(new Event("change"));
  }

  /** @param {Saying} what @param {boolean} keep  also where corrections are kept @returns {boolean} whether the page lets it be */
  #say(what, keep) {
    const { from, to, text } = what;
    const base = /** @type {Reading} */ (this.#base);
    const digits = base.digits.slice(from, to);
    const ink = joined(digits);
    const correction = {
      id: uuid(),
      ...(ink ? { ink } : { raster: digits[0].raster }),
      label: text || null,
      predicted: surest(digits).digit,
      model: base.model.sha256,
      expect: this.expect,
    };
    if (!this.offer({ ...correction, place: from, count: to - from })) {
      this.#stands = false;
      return false;
    }
    // One digit, or none, can be learned from, if its picture is there.
    const kept = keep && this.#store && text.length < 2 && (ink || digits.length === 1);
    for (const { id, from: start, to: end } of this.#sayings) {
      if (id && start < to && end > from) this.#store?.remove(id);  // something else is said of it now
    }
    this.#sayings = say(this.#sayings, { ...what, id: kept ? correction.id : "" });
    this.#choose(what);
    this.note = "only";
    if (kept) this.#store?.add(correction);
    return true;
  }

  /** Shows what became of something that was asked for. @param {Note} note */
  tell(note) {
    this.note = note;
    this.dispatchEvent(new Event("change"));
  }

  /** Something is to be said of what stands there now. @returns {Told|null} */
  #begin() {
    const { told } = this;
    if (!told || !this.fresh) return null;
    [this.#base, this.#sayings, this.#moved] = [told.reading, told.sayings, false];
    return told;
  }

  /** The digit of which that was said is the chosen one. @param {Saying|undefined} saying */
  #choose(saying) {
    this.seen.keep(this.shown?.digits.findIndex(({ from }) => from === saying?.from) ?? -1);
  }

  /** @param {Reading} reading */
  #carried(reading) {
    return this.#base ? carried(this.#base.digits, this.#sayings, reading.digits) : [];
  }

  /** @param {"kept"|"waiting"|"refused"} how @param {string} id */
  #answered(how, id) {
    const said = this.#sayings.some((saying) => saying.id === id);
    if (how === "kept" && (said || id === this.#removed)) this.dispatchEvent(new Event("learned"));
    if (!said) return;
    this.note = how === "kept" ? "learned" : how === "waiting" ? "waiting" : "notKept";
    this.dispatchEvent(new Event("change"));
  }
}

/** @param {readonly Digit[]} digits */
const surest = (digits) => digits.reduce((one, other) => other.confidence > one.confidence ? other : one);
