// @ts-check
/**
 * @import {Connection, Reading} from "./client.js"
 * @import {Words} from "./words.js"
 */
import { AnswerView, given, spoken } from "./answer.js";
import { Boxes } from "./boxes.js";
import { Chooser } from "./chooser.js";
import { LiveReader } from "./client.js";
import { Correcting } from "./correcting.js";
import { Cursor } from "./cursor.js";
import { Pad } from "./pad.js";
import { load, Picture } from "./picture.js";
import { style } from "./style.js";
import { label, template } from "./template.js";
import { Voice } from "./voice.js";
import { wordsFor } from "./words.js";

const HOME = new URL("../../", import.meta.url);  // the site that these modules come from

/**
 * A field of a form that reads what is drawn on it. docs/element.md has its attributes, properties and events.
 */
export class DigitPad extends HTMLElement {
  static formAssociated = true;
  static observedAttributes = ["expect", "src", "required", "lang", "model-view", "corrections"];

  #internals = this.attachInternals();
  #root = this.attachShadow({ mode: "open", delegatesFocus: true });
  #frame = this.#fill();
  #pad = new Pad(this.#part("#pad"));
  #cursor = new Cursor(this.#pad);
  #boxes = new Boxes(this.#pad.element);
  #picture = new Picture(/** @type {HTMLImageElement} */ (this.#part(".picture")));
  #answer = new AnswerView(this.#part("#answer"));
  #chooser = new Chooser(this.#part(".chooser"));
  #voice = new Voice(this.#part("#announcement"));
  #reader = new LiveReader();
  #correcting = new Correcting(this.#chooser, this.#answer.seen, (correction) =>
    this.#dispatch("correction", { cancelable: true, detail: correction }));
  #watch = new MutationObserver(() => this.#restyle());
  /** @type {Words} */ #words = wordsFor(this);
  /** @type {string|null} */ #token = null;
  /** @type {string|null} */ #given = null;  // a value that was set, not drawn
  #changed = "";  // the value of the last `change`
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
    this.#watch.disconnect();
    this.#reader.stop();
    this.#correcting.stop();
  }

  attributeChangedCallback() {
    if (!this.isConnected) return;
    this.#configure();
    this.#restyle();
  }

  /** What is read or said: digits, "" when there are none. Setting it clears the pad. */
  get value() {
    return this.#given ?? this.#correcting.shown?.text ?? "";
  }

  set value(text) {
    if (!/^\d*$/.test(text)) throw new TypeError(`a value must be digits, found ${JSON.stringify(text)}`);
    this.formResetCallback();
    this.#given = text || null;
    this.#changed = this.value;
    this.#render();
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
    this.#pad.put(strokes.map((stroke) => stroke.map(([x, y, t]) => [x, y, t ?? 0, 0.5])));
  }

  /** A writer's token: with it, also another site's pad knows its writer. */
  get token() {
    return this.#token;
  }

  set token(token) {
    this.#token = token;
    if (this.isConnected) this.#configure();
  }

  get name() {
    return this.getAttribute("name") ?? "";
  }

  get form() {
    return this.#internals.form;
  }

  get validity() {
    return this.#internals.validity;
  }

  get validationMessage() {
    return this.#internals.validationMessage;
  }

  checkValidity() {
    return this.#internals.checkValidity();
  }

  reportValidity() {
    return this.#internals.reportValidity();
  }

  /** Shows and reads a picture instead of ink. @param {Blob} blob */
  async readPicture(blob) {
    this.#tell("ok");
    const picture = await load(blob).catch(() => null);
    if (!picture) return this.#tell("ok", this.#words.notAPicture);  // what is on the pad stays, and its answer
    this.#pad.end();
    this.#picture.show(picture);
    this.#pad.clear();
    this.#forget();
    this.#reader.update(picture);
    this.#render();
  }

  formResetCallback() {
    this.#given = null;
    this.#picture.show(null);
    this.#pad.reset();
    this.#changed = "";
  }

  /** @param {boolean} disabled */
  formDisabledCallback(disabled) {
    this.#pad.disabled = disabled;
    this.#frame.inert = disabled;
  }

  /** @param {string} state */
  formStateRestoreCallback(state) {
    this.strokes = JSON.parse(state);
  }

  #fill() {
    this.#root.adoptedStyleSheets = [style];
    this.#root.append(template.content.cloneNode(true));
    return this.#part(".root");
  }

  #listen() {
    const [pad, reader] = [this.#pad, this.#reader];
    reader.left = this.#correcting.left;
    pad.addEventListener("clear", () => this.#correcting.leave());
    pad.addEventListener("unclear", () => this.#correcting.left.takeBack());
    pad.addEventListener("cut", () => (reader.drop(), this.#boxes.show([])));
    pad.addEventListener("ink", () => this.#inked());
    pad.addEventListener("lift", () => (this.#lifted = performance.now()));
    pad.addEventListener("view", () => this.#boxes.lay());
    pad.addEventListener("pen", () => this.#switchFingers(false));
    this.#cursor.addEventListener("cursor", (event) => this.#sayCursor(/** @type {CustomEvent} */ (event).detail));
    reader.addEventListener("reading", (event) => this.#read(/** @type {CustomEvent<Reading>} */ (event).detail));
    reader.addEventListener("settled", () => this.#settle());
    reader.addEventListener("connection", (event) => {
      const { state, detail } = /** @type {CustomEvent} */ (event).detail;
      this.#tell(state, state === "refused" && [this.#words.refused, detail].filter(Boolean).join(" "));
    });
    this.#answer.addEventListener("correct", (event) => this.#ask(/** @type {CustomEvent<number>} */ (event).detail));
    this.#answer.seen.addEventListener("choose", () => this.#chooser.isOpen ? this.#ask() : this.#renderFix());
    this.#correcting.addEventListener("change", () => this.#corrected());
    this.#correcting.addEventListener("learned", () => reader.again());
    this.#chooser.addEventListener("close", () => {
      this.#answer.element.classList.remove("correcting");
      if (this.#root.activeElement !== this.#pad.element) this.#part("#fix").focus({ preventScroll: true });
    });
    this.#part("#undo").addEventListener("click", () => this.#undo());
    this.#part("#redo").addEventListener("click", () => pad.redo());
    this.#part("#clear").addEventListener("click", () => this.#clear());
    this.#part("#finger").addEventListener("click", () => this.#switchFingers(!pad.fingers));
    this.#part("#fix").addEventListener("click", () => this.#correcting.corrected ? this.#correcting.takeBack() : this.#ask());
    pad.element.addEventListener("keydown", (event) => {
      if (event.key === "Delete" && this.#picture.blob) this.#clear();
    });
  }

  #configure() {
    const base = new URL(this.getAttribute("src") ?? HOME, document.baseURI);
    const own = base.origin === location.origin || this.#token !== null;
    this.#reader.base = base;
    this.#reader.expect = this.getAttribute("expect") === "digit" ? "digit" : "number";
    this.#reader.token = this.#token;
    const kept = own && this.getAttribute("corrections") !== "off";
    this.#correcting.configure(kept ? base : null, this.#token);
    this.#reader.again();
  }

  /** Sets words and colours: the page's language, theme or settings have changed. */
  #restyle() {
    const words = (this.#words = wordsFor(this));
    const labels = [...this.#internals.labels].map(({ textContent }) => textContent?.trim());
    label(this.#root, words, this.#reader.expect, this.ariaLabel ?? labels.join(" "));
    this.#pad.redraw();
    this.#render();
  }

  /** @param {boolean} on */
  #switchFingers(on) {
    this.#pad.fingers = on;
    this.#part("#finger").hidden = false;
    this.#part("#finger").ariaPressed = String(on);
  }

  #inked() {
    const empty = this.#pad.strokes.length === 0;
    this.#voice.hush();
    const connection = this.#part("#connection");
    const passed = ["refused", "ok"].includes(connection.dataset.state ?? "");  // that was of other ink, or of a picture
    if (passed && connection.textContent) this.#tell("ok");
    if (connection.textContent) this.#voice.say(() => connection.textContent ?? "");
    if (!empty && this.#picture.blob) this.#picture.show(null);
    if (this.#picture.blob) return;
    this.#given = null;
    this.#correcting.forget();
    this.#reader.update(this.#pad.strokes);
    this.#renderTools();
    this.#renderValidity();
    if (!empty) return;
    this.#forget();
    this.#render();
    this.#voice.say(() => this.#words.cleared);
    this.#settle();
  }

  /** @param {Reading} reading */
  #read(reading) {
    this.#correcting.take(reading, this.#reader.current);
    this.#render();
    if (this.#correcting.asked) this.#ask();
    const settled = !this.#pad.drawing && this.#reader.current;
    const latency = settled ? performance.now() - this.#lifted : null;
    this.#dispatch("reading", { detail: { reading, settled, latency, requests: this.#reader.requests } });
    this.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
  }

  #settle() {
    this.#renderForm();
    if (this.#pad.drawing || this.#part("#connection").textContent) return;
    if (this.#correcting.reading) this.#voice.say(() => this.#spoken());
    if (this.value === this.#changed) return;
    this.#changed = this.value;
    this.dispatchEvent(new Event("change", { bubbles: true, composed: true }));
  }

  /** @param {Connection} state @param {string|false} [instead]  of the words for it */
  #tell(state, instead) {
    const connection = this.#part("#connection");
    const text = instead || (state === "ok" ? "" : this.#words[state]);
    connection.dataset.state = state;
    connection.textContent = text;
    this.#answer.element.toggleAttribute("data-stale", state !== "ok" && state !== "slow");
    if (text) this.#voice.say(() => text);
    this.#render();
  }

  #undo() {
    if (this.#picture.blob) this.#picture.show(null);
    this.#pad.undo();
  }

  #clear() {
    if (!this.#picture.blob) return this.#pad.clear();
    this.#picture.show(null);
    this.#reader.drop();
    this.#inked();
  }

  #forget() {
    this.#given = null;
    this.#correcting.forget();
    this.#correcting.take(null);
  }

  /** Whether there is something to read. */
  get #drawn() {
    return this.#pad.strokes.length > 0 || this.#picture.blob !== null;
  }

  /** Asks what a digit is. @param {number} [place]  the chosen one if none is named */
  #ask(place = this.#answer.seen.chosen) {
    if (place !== this.#answer.seen.chosen) this.#answer.seen.choose(place);
    this.#answer.element.classList.toggle("correcting", this.#correcting.fresh);
    this.#correcting.ask(this.#words);
  }

  #corrected() {
    this.#render();
    this.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
    this.#settle();
  }

  #render() {
    const [own, shown, words] = [this.#correcting.reading, this.#correcting.shown, this.#words];
    /** @type {{sentence?: string, reason?: string}} */ const instead = {};
    const overruled = shown !== own && (shown?.text !== own?.text || own?.status !== "read");
    if (shown && overruled) instead.sentence = words.yourWord(shown.text);
    if (this.#correcting.note) instead.reason = words[this.#correcting.note];
    if (this.#picture.blob && shown?.status === "blank") [instead.sentence, instead.reason] = [words.noDigit, words.noDigitHelp];
    if (this.#given !== null) instead.sentence = words.given;
    else if (!shown && this.#drawn) [instead.sentence, instead.reason] = [words.unread, ""];
    this.#answer.show(shown ?? (this.#given === null ? null : given(this.#given)), words, instead);
    const digits = shown?.digits ?? [];
    if (this.#picture.blob) this.#boxes.show(digits, (box) => this.#picture.place(box));
    else this.#boxes.show(digits.length > 1 ? digits : [], (box) => this.#pad.place(box));
    this.#renderTools();
    this.#renderFix();
    this.#renderForm();
  }

  #renderTools() {
    const pictured = this.#picture.blob !== null;
    this.#frame.classList.toggle("inked", this.#drawn || this.#given !== null);
    this.#frame.classList.toggle("pictured", pictured);
    this.#part("#undo").ariaDisabled = String(!this.#pad.canUndo && !pictured);
    this.#part("#redo").ariaDisabled = String(!this.#pad.canRedo);
    this.#part("#clear").ariaDisabled = String(!this.#drawn);
  }

  #renderFix() {
    const fix = this.#part("#fix");
    fix.textContent = this.#correcting.corrected ? this.#words.takeBack : this.#words.correct;
    fix.hidden = (this.#correcting.reading?.digits.length ?? 0) === 0;
  }

  #renderForm() {
    this.#internals.setFormValue(this.value, JSON.stringify(this.strokes));
    this.#renderValidity();
  }

  #renderValidity() {
    const words = this.#words;
    const refused = this.#part("#connection").dataset.state === "refused";
    const doubtful = this.#correcting.shown?.status === "unsure";
    /** @type {[ValidityStateFlags, string]} */
    const [flags, message] =
      refused ? [{ customError: true }, words.refused]
      : !this.#reader.settled || this.#pad.drawing ? [{ customError: true }, words.reading]
      : this.value === "" && this.hasAttribute("required") ? [{ valueMissing: true }, words.missing]
      : doubtful ? [{ badInput: true }, words.confirm(this.value)]
      : [{}, ""];
    this.#internals.setValidity(flags, message, this.#pad.element);
  }

  #spoken() {
    const [own, shown] = [this.#correcting.reading, this.#correcting.shown];
    const said = shown?.text === own?.text ? spoken(shown, this.#words) : this.#words.yourWord(shown?.text ?? "");
    const { note } = this.#correcting;
    return note ? `${said} ${this.#words[note]}` : said;
  }

  /** @param {{down: boolean, column: number, row: number}} cursor */
  #sayCursor({ down, column, row }) {
    const words = this.#words;
    this.#voice.say(() => {
      const answer = down || !this.#correcting.reading ? "" : ` ${this.#spoken()}`;
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
