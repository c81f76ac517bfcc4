// @ts-check
/**
 * @import {Expect} from "./expected.js"
 * @import {Left} from "./left.js"
 * @import {Printed} from "./print.js"
 * @import {Alternative} from "./words.js"
 * @typedef {{digit: string, confidence: number, probabilities: number[], box: number[], alternatives: Alternative[],
 *   raster: string, ink?: {strokes: number[][][]}}} Digit
 * @typedef {{sign: string, confidence: number, box: number[], printed?: true}} Sign
 * @typedef {{kind: string, box: number[]}} Mark
 * @typedef {{text: string, status: "read"|"unsure"|"blank", reason: string|null, confidence: number,
 *   alternatives: Alternative[], digits: Digit[], signs: Sign[], marks: Mark[], model: {version: string, sha256: string},
 *   personal: boolean}} Reading
 * @typedef {readonly (readonly [number, number, ...number[]])[]} InkStroke
 * @typedef {readonly InkStroke[]|Blob|FormData} Question  ink, a picture, or all that is sent
 * @typedef {"ok"|"slow"|"busy"|"failing"|"offline"|"refused"} State
 * @typedef {{state: State, detail: string, status: number}} Connection  detail: why it is refused, as the service says it, and
 *   the status that it is refused with
 */

const PACE = 120;           // ms between two requests while one draws
const SLOW = 1500;          // ms until waiting is worth a word
const TIMEOUT = 10_000;     // ms
const BACKOFF = [500, 1000, 2000, 4000, 8000];  // ms, the last one repeats
const LONGEST = 60_000;     // ms that it waits when the service asks for more

/**
 * Reads ink as it grows, or a picture: one request in flight, always one more after the last change, retried until it
 * succeeds. Events: `reading` (detail: the reading), `settled`, `connection` when that has changed.
 */
export class LiveReader extends EventTarget {
  /** @type {Question|null} */ #question = null;
  /** @type {AbortController|null} */ #flight = null;
  /** Aborted when it stops; null while it is stopped. @type {AbortController|null} */ #life = null;
  #dirty = false;
  #failures = 0;
  #timer = 0;
  #due = 0;

  /** How the service is reached. @type {Readonly<Connection>} */ connection = { state: "ok", detail: "", status: 0 };
  /** The service's address. */
  base = new URL("/", location.href);
  /** What it is asked there. */
  path = "api/v1/read";
  /** ms until an answer is given up. */
  timeout = TIMEOUT;
  /** @type {Expect} */ expect = "number";
  /** A writer's, or none. @type {string|null} */ token = null;
  /** What was left as it was read: sent along with ink. @type {Left|null} */ left = null;
  /** What is printed on the paper, if anything can be. @type {{readonly printed: readonly Printed[]}|null} */ paper = null;
  requests = 0;

  /** Asks the service from now on. */
  start() {
    if (this.#life) return;
    const { signal } = (this.#life = new AbortController());
    addEventListener("online", () => this.#retry(), { signal });
    addEventListener("pageshow", () => this.#retry(), { signal });
    document.addEventListener("visibilitychange", () => this.#retry(), { signal });
  }

  /** Asks nothing until it is started again. */
  stop() {
    this.#life?.abort();
    this.#life = null;
    clearTimeout(this.#timer);
    this.#dirty = false;
    this.drop();
  }

  get settled() {
    return !this.#dirty && this.#flight === null;
  }

  /** Whether the last answer is to all that there is to read. */
  get current() {
    return !this.#dirty;
  }

  /** Reads this from now on; no strokes are nothing to read. @param {Question} question */
  update(question) {
    if (this.connection.state === "refused") this.#tell("ok");  // that was something else
    this.#question = "length" in question && question.length === 0 ? null : question;
    this.#dirty = this.#question !== null;
    this.#schedule();
  }

  /** As `update`, where the answer is known. @param {Question} question */
  know(question) {
    this.update(question);
    this.#dirty = false;
    this.#schedule();
  }

  /** Asks at once if there is anything to ask: nothing more comes for now. */
  hurry() {
    if (!this.#dirty || this.#failures > 0) return;
    this.drop();
    clearTimeout(this.#timer);
    if (this.#life) this.#send();  // a timer would wait for what else the page has to do
  }

  /** Reads the same again: the answer may have changed. */
  again() {
    this.#dirty = this.#question !== null;
    this.#schedule();
  }

  /** Whatever is being read is out of date, the answer to it unwanted. */
  drop() {
    const flight = this.#flight;
    this.#flight = null;
    flight?.abort();
    if (this.#failures === 0) this.#tell("ok");
  }

  #retry() {
    const waits = this.#failures > 0 && this.connection.state !== "busy";  // busy services say how long
    if (document.visibilityState === "visible" && waits) this.#due = 0;
    this.#schedule();
  }

  #schedule() {
    clearTimeout(this.#timer);
    if (!this.#question && !this.#flight) this.#tell("ok");
    if (!this.#dirty || this.#flight || !this.#life) return;
    this.#timer = setTimeout(() => this.#send(), Math.max(0, this.#due - performance.now()));
  }

  async #send() {
    const flight = (this.#flight = new AbortController());
    const slow = setTimeout(() => this.#failures === 0 && this.#tell("slow"), SLOW);
    const timeout = setTimeout(() => flight.abort(), this.timeout);
    this.#dirty = false;
    this.#due = performance.now() + PACE;
    this.requests += 1;
    try {
      const response = await fetch(new URL(this.path, this.base), { ...this.#request(), signal: flight.signal });
      const body = await response.json().catch(() => null);
      if (this.#flight !== flight) return;
      this.#take(response, body);
    } catch {
      if (this.#flight === flight) this.#fail("offline");
    } finally {
      clearTimeout(slow);
      clearTimeout(timeout);
      if (this.#flight === flight) this.#flight = null;
      this.#schedule();
      if (this.settled) this.dispatchEvent(new Event("settled"));
    }
  }

  /** @returns {RequestInit} */
  #request() {
    const question = this.#question ?? [];
    const headers = new Headers({ Accept: "application/json" });
    if (this.token) headers.set("Authorization", `Bearer ${this.token}`);
    if (question instanceof FormData) return { method: "POST", headers, body: question };
    if (question instanceof Blob) {
      const body = new FormData();
      body.set("image", question);
      body.set("expect", typeof this.expect === "string" ? this.expect : JSON.stringify(this.expect));
      return { method: "POST", headers, body };
    }
    headers.set("Content-Type", "application/json");
    const strokes = question.map((stroke) => stroke.map(([x, y]) => [x, y]));
    const some = (/** @type {readonly unknown[]|undefined} */ list) => list?.length ? list : undefined;
    const ink = { strokes, printed: some(this.paper?.printed) };
    return { method: "POST", headers, body: JSON.stringify({ ink, expect: this.expect, examples: some(this.left?.examples) }) };
  }

  /** @param {Response} response @param {any} body */
  #take(response, body) {
    if (response.ok && body) {
      this.#failures = 0;
      this.#tell("ok");
      this.dispatchEvent(new CustomEvent("reading", { detail: body }));
    } else if (response.status === 429 || (response.status === 503 && response.headers.has("Retry-After"))) {
      this.#fail("busy", asked(response));
    } else if (response.status >= 500 || response.ok) {
      this.#fail("failing");
    } else {
      // The same would be refused again, so wait for something else.
      this.#failures = 0;
      this.#tell("refused", body?.detail ?? body?.title, response.status);
    }
  }

  /** @param {State} state @param {number} [wait] ms that the server asked for */
  #fail(state, wait = 0) {
    const pause = BACKOFF[Math.min(this.#failures, BACKOFF.length - 1)] * (0.8 + 0.4 * Math.random());
    this.#failures += 1;
    this.#due = performance.now() + Math.max(pause, wait || 0);
    this.#dirty = this.#question !== null;
    this.#tell(state);
  }

  /** @param {State} state @param {string} [detail] @param {number} [status] */
  #tell(state, detail = "", status = 0) {
    if (state === this.connection.state && detail === this.connection.detail) return;
    this.connection = { state, detail, status };
    this.dispatchEvent(new Event("connection"));
  }
}

/** How long the service asks to wait, in ms; it says seconds, a proxy may say a date. @param {Response} response */
function asked({ headers }) {
  const after = headers.get("Retry-After") ?? "";
  const wait = /^\d+$/.test(after) ? 1000 * Number(after) : Date.parse(after) - Date.now();
  return Math.min(wait || 0, LONGEST);
}
