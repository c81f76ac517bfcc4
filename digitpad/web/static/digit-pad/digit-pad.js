// @ts-check
/**
 * @import {Reading} from "./client.js"
 * @import {Kind} from "./picture.js"
 * @import {Shown} from "./said.js"
 * @import {Scene} from "./screen.js"
 * @import {Words} from "./words.js"
 */
import { given, hopeless } from "./answer.js";
import { Chooser } from "./chooser.js";
import { LiveReader } from "./client.js";
import { copy } from "./copy.js";
import { Correcting } from "./correcting.js";
import { Cursor } from "./cursor.js";
import { ATTRIBUTES, expected } from "./expected.js";
import { blobOf } from "./export.js";
import { Field, internalsOf } from "./field.js";
import { flaw, pack, unpack } from "./form.js";
import { layout } from "./layout.js";
import { Pad, points } from "./pad.js";
import { kindOf, load, Picture } from "./picture.js";
import { Pointers } from "./pointers.js";
import { scratched } from "./scratch.js";
import { Screen, spoken } from "./screen.js";
import { style } from "./style.js";
import { content, label } from "./template.js";
import { Tools } from "./tools.js";
import { Voice } from "./voice.js";
import { wordsFor } from "./words.js";

const HERE = import.meta.url;  // apart, for bundlers take an address beside it for a file

/**
 * A field of a form that reads what is drawn on it. docs/element.md has its attributes, properties and events.
 */
export class DigitPad extends Field {
  static observedAttributes = [...ATTRIBUTES, "src", "required", "lang", "model-view", "corrections"];

  #internals = internalsOf(this);
  #root = this.attachShadow({ mode: "open", delegatesFocus: true });
  #frame = this.#fill();
  #pad = new Pad(this.#part("#pad"));
  #picture = new Picture(/** @type {HTMLImageElement} */ (this.#part(".picture")));
  #screen = new Screen(this.#root, this.#pad, this.#picture);
  #pointers = new Pointers(this.#pad, (target) => this.#screen.boxes.placeOf(target));
  #tools = new Tools(this.#frame, this.#pad, this.#picture, this.#pointers);
  #cursor = new Cursor(this.#pad);
  #chooser = new Chooser(this.#part(".chooser"));
  #voice = new Voice(this.#part("#announcement"));
  #reader = new LiveReader();
  #correcting = new Correcting(this.#chooser, this.#screen.answer.seen, (offer) =>
    this.#dispatch("correction", { cancelable: true, detail: offer }));
  #watch = new MutationObserver(() => this.#restyle());
  /** @type {Words} */ #words = wordsFor(this);
  /** @type {string|null} */ #token = null;
  /** @type {string|null} */ #given = null;  // a value that was set, not drawn
  /** What the last file was, if no picture could be made of it. @type {Kind|null} */ #unreadable = null;
  #changed = "";  // the value of the last `change`
  #rubbed = false; // whether the last change of the ink was that some was erased
  #lifted = 0;    // when the last stroke ended

  constructor() {
    super();
    this.#listen();
  }

  connectedCallback() {
    this.#watch.observe(document.documentElement, { attributes: true });
    this.#reader.start();
    this.#configure();
    this.#restyle();
  }

  disconnectedCallback() {
    this.#pad.end();
    this.#watch.disconnect();
    this.#reader.stop();
    this.#correcting.stop();
  }

  attributeChangedCallback() {
    if (!this.isConnected) return;
    this.#configure();
    this.#restyle();
  }

  /** What is read or said: a number, "" when there is none. Setting it clears the pad. */
  get value() {
    const shown = this.#shown;
    return shown && !hopeless(shown) ? shown.text : "";
  }

  set value(text) {
    if (!/^(-?\d+\.?\d*|)$/.test(text)) throw new TypeError(`a value must be a number, found ${JSON.stringify(text)}`);
    this.#put({ ...unpack(""), given: text || null });
  }

  /** All that is on the pad, as a text: what is drawn, read and said of it, or the picture; "" when that is nothing. Can be set. */
  get state() {
    const told = this.#correcting.fresh ? this.#correcting.told : null;
    return pack({ strokes: this.strokes, paper: this.#pad.paper, told, given: this.#given, picture: this.#picture.url });
  }

  set state(text) {
    this.#put(unpack(text));
  }

  /** The last answer of the service; null when there is none. */
  get reading() {
    return this.#correcting.reading;
  }

  /** What was drawn, as `[x, y, t]`: CSS px of the pad, y down, and ms since the stroke began. */
  get strokes() {
    return this.#pad.strokes.map((stroke) => stroke.map(([x, y, t]) => [x, y, t]));
  }

  set strokes(strokes) {
    this.#pad.put(points(strokes));
  }

  /** A writer's token: with it, also another site's pad knows its writer. */
  get token() {
    return this.#token;
  }

  set token(token) {
    this.#token = token;
    if (this.isConnected) this.#configure();
  }

  /** The drawing as the text of an SVG, "" where there is none. */
  toSVG() {
    return this.#pad.svg;
  }

  /**
   * The drawing as a picture on nothing, or the picture that is on the pad; null where there is neither.
   * @param {string} [type]  of the drawing's picture, as canvases have them
   */
  async toBlob(type = "image/png") {
    if (this.#picture.blob) return this.#picture.blob;
    return this.#pad.strokes.length > 0 ? blobOf(this.#pad.svg, type) : null;
  }

  /** Shows and reads a picture instead of ink. @param {Blob} blob */
  async readPicture(blob) {
    this.#screen.wait();
    const url = await load(blob).catch(() => null);
    this.#unreadable = url ? null : await kindOf(blob).catch(() => /** @type {const} */ ("other"));
    if (!url) return this.#notify();  // what is on the pad stays, and its answer
    this.#pad.end();
    this.#picture.show(url);
    this.#pad.clear();
    this.#given = null;
    this.#correcting.forget();
    this.#reader.update(/** @type {Blob} */ (this.#picture.blob));
    this.#voice.say(() => this.#words.readingPicture);
    this.#render();
    this.#dispatch("ink", {});
  }

  /** @param {boolean} disabled */
  formDisabledCallback(disabled) {
    this.#pad.disabled = disabled;
    this.#frame.inert = disabled;
  }

  #fill() {
    this.#root.adoptedStyleSheets = [style, layout];
    this.#root.append(content());
    return this.#part(".root");
  }

  #listen() {
    const [pad, reader, { answer, boxes }] = [this.#pad, this.#reader, this.#screen];
    [reader.left, reader.paper] = [this.#correcting.left, pad];
    pad.addEventListener("clear", () => this.#correcting.leave());
    pad.addEventListener("unclear", () => this.#correcting.left.takeBack());
    pad.addEventListener("cut", () => (reader.drop(), boxes.hide()));
    pad.addEventListener("ink", () => this.#inked());
    pad.addEventListener("lift", () => this.#lift());
    pad.addEventListener("rubbed", () => this.#erased());
    pad.addEventListener("view", () => boxes.lay());
    this.#pointers.addEventListener("tap", (event) => this.#ask(/** @type {CustomEvent<number>} */ (event).detail));
    this.#cursor.addEventListener("cursor", (event) => this.#sayCursor(/** @type {CustomEvent} */ (event).detail));
    reader.addEventListener("reading", (event) => this.#read(/** @type {CustomEvent<Reading>} */ (event).detail));
    reader.addEventListener("settled", () => this.#settle());
    reader.addEventListener("connection", () => this.#notify());
    answer.addEventListener("correct", (event) => this.#ask(/** @type {CustomEvent<number|null>} */ (event).detail));
    answer.addEventListener("take", (event) => this.#correcting.accept(/** @type {CustomEvent<string>} */ (event).detail));
    answer.seen.addEventListener("choose", () => this.#chooser.isOpen ? this.#ask() : this.#screen.showActs(this.#scene));
    this.#correcting.addEventListener("change", () => this.#corrected());
    this.#correcting.addEventListener("learned", () => reader.again());
    this.#chooser.addEventListener("span", (event) => boxes.mark(.../** @type {CustomEvent<[number, number]>} */ (event).detail));
    this.#chooser.addEventListener("close", () => {
      answer.element.classList.remove("correcting");
      boxes.mark(0, 0);
      if (this.#root.activeElement !== this.#pad.element) this.#part("#fix").focus({ preventScroll: true });
    });
    this.#tools.addEventListener("emptied", () => (reader.drop(), this.#inked()));
    this.#part("#copy").addEventListener("click", async () =>
      this.#correcting.tell(await copy(this.value, this.#root) ? "copied" : "notCopied"));
    this.#part("#right").addEventListener("click", () => this.#correcting.accept());
    this.#part("#fix").addEventListener("click", () => this.#correcting.corrected ? this.#correcting.takeBack() : this.#ask());
  }

  #configure() {
    const base = new URL(this.getAttribute("src") ?? new URL("../../", HERE), document.baseURI);
    const own = base.origin === location.origin || this.#token !== null;
    this.#reader.base = base;
    this.#reader.expect = this.#correcting.expect = expected(this);
    this.#reader.token = this.#token;
    const kept = own && this.getAttribute("corrections") !== "off";
    this.#correcting.configure(kept ? base : null, this.#token);
    this.#reader.again();
  }

  /** Sets words and colours: the page's language, theme or settings have changed. */
  #restyle() {
    const words = (this.#words = wordsFor(this));
    const labels = [...this.labels].map(({ textContent }) => textContent?.trim());
    label(this.#root, words, this.#reader.expect, this.ariaLabel ?? labels.join(" "));
    this.#screen.print(words, this.#reader.expect);
    this.#render();
  }

  #inked() {
    const empty = this.#pad.strokes.length === 0;
    this.#voice.hush();
    if (!empty && this.#picture.blob) this.#picture.show(null);
    if (this.#picture.blob) return;
    this.#given = null;
    this.#rubbed = false;
    this.#correcting.move();
    this.#reader.update(this.#pad.strokes);
    if (this.#unreadable) {
      this.#unreadable = null;
      this.#render();
    }
    if (this.#notice) this.#voice.say(() => this.#notice);
    this.#tools.show(false);
    this.#tellForm();
    if (!this.#pad.drawing) this.#dispatch("ink", {});
    if (!empty) return;
    this.#correcting.forget();
    this.#render();
    this.#voice.say(() => this.#words.cleared);
    this.#settle();
  }

  #lift() {
    this.#lifted = performance.now();
    const left = scratched(this.#pad.strokes);
    if (left) return this.#pad.amend(left), this.#erased();
    this.#reader.hurry();
    this.#tools.show(false);  // what was undone cannot be done again
    this.#dispatch("ink", {});
    if (!this.#reader.settled) return;
    if (this.#correcting.reading) this.#announce(this.#correcting.reading);
    this.#settle();
  }

  /** @param {Reading} reading */
  #read(reading) {
    this.#correcting.take(reading, this.#reader.current);
    this.#render();
    if (this.#correcting.asked) this.#ask();
    this.#announce(reading);
    this.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
  }

  /** @param {Reading} reading */
  #announce(reading) {
    const settled = !this.#pad.drawing && this.#reader.current;
    const latency = settled ? performance.now() - this.#lifted : null;
    this.#dispatch("reading", { detail: { reading, settled, latency, requests: this.#reader.requests } });
  }

  #settle() {
    this.#tellForm();
    if (this.#pad.drawing || this.#notice) return;
    const news = this.#rubbed ? `${this.#words.erasedInk} ` : "";
    if (this.#correcting.reading) this.#voice.say(() => news + spoken(this.#scene));
    if (this.value === this.#changed) return;
    this.#changed = this.value;
    this.dispatchEvent(new Event("change", { bubbles: true, composed: true }));
  }

  #erased() {
    this.#rubbed = true;
    this.#reader.hurry();
  }

  /** Empties the pad for good, and puts this on it. @param {ReturnType<typeof unpack>} kept */
  #put({ strokes, paper, told, given, picture }) {
    this.#picture.show(null);
    this.#given = null;
    this.#correcting.forget();
    this.#changed = "";
    this.#pad.restore(points(strokes), paper);
    this.#picture.show(picture);
    this.#given = given;
    if (told) this.#correcting.restore(told);
    const question = this.#picture.blob ?? this.#pad.strokes;
    if (told) this.#reader.know(question);
    else this.#reader.update(question);
    this.#changed = this.value;
    this.#render();
    if (this.state) this.#voice.hush();
  }

  /** The answer, or the value that was set. @returns {Shown|null} */
  get #shown() {
    return this.#given === null ? this.#correcting.shown : given(this.#given);
  }

  /** What is said over the paper: what is wrong with the file that was chosen, or with the connection. */
  get #notice() {
    const { connection: { state, detail } } = this.#reader;
    if (this.#unreadable) return this.#words.unreadable[this.#unreadable];
    return state === "ok" ? "" : [this.#words[state], detail].filter(Boolean).join(" ");
  }

  /** Whether the service gives no answer for now. */
  get #cut() {
    return !["ok", "slow"].includes(this.#reader.connection.state);
  }

  /** Asks what a digit is. @param {number|null} [place]  the chosen one if none is named */
  #ask(place = null) {
    const { answer } = this.#screen;
    if (place !== null && place !== answer.seen.chosen) answer.seen.choose(place);
    if (!this.#correcting.fresh && this.#cut) return;  // nobody reads what is on the pad
    answer.element.classList.toggle("correcting", this.#correcting.fresh);
    this.#correcting.ask(this.#words);
  }

  #corrected() {
    this.#render();
    this.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
    this.#settle();
  }

  /** The notice has changed. */
  #notify() {
    if (this.#cut && !this.#correcting.fresh) this.#correcting.asked = false;
    if (this.#notice) this.#voice.say(() => this.#notice);
    this.#render();
  }

  /** @returns {Scene} */
  get #scene() {
    const { said, note, fresh, corrected } = this.#correcting;
    const given = this.#given !== null;
    const { expect } = this.#reader;
    return { words: this.#words, expect, shown: this.#shown, said, note, fresh, corrected, given, cut: this.#cut, notice: this.#notice };
  }

  #render() {
    this.#screen.show(this.#scene);
    this.#tools.show(this.#given !== null);
    this.#tellForm();
  }

  #tellForm() {
    const value = this.value;
    this.#internals.setFormValue(value, this.state);
    const [flags, message] = flaw(this.#words, {
      value,
      refused: this.#reader.connection.state === "refused",
      pending: !this.#reader.settled || this.#pad.drawing,
      said: this.#correcting.fresh && this.#correcting.said === "all",
      shown: this.#shown, expect: this.#reader.expect, required: this.hasAttribute("required"),
    });
    this.#internals.setValidity(flags, message, this.#pad.element);
  }

  /** @param {{down: boolean, column: number, row: number}} cursor */
  #sayCursor({ down, column, row }) {
    const words = this.#words;
    this.#voice.say(() => {
      const answer = down || !this.#correcting.reading ? "" : ` ${spoken(this.#scene)}`;
      return `${down ? words.penDown : words.penUp} ${words.at(column, row)}${answer}`;
    });
  }

  /** @param {string} type @param {CustomEventInit} init */
  #dispatch(type, init) {
    return this.dispatchEvent(new CustomEvent(type, { bubbles: true, composed: true, ...init }));
  }

  /** @param {string} selector @returns {HTMLElement} */
  #part(selector) {
    return /** @type {HTMLElement} */ (this.#root.querySelector(selector));
  }
}

customElements.define("digit-pad", DigitPad);
