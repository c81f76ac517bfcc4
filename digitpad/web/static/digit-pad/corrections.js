// @ts-check
/**
 * @import {Expect} from "./expected.js"
 * @typedef {{id: string, ink?: {strokes: number[][][]}, raster?: string, label: string|null, predicted: string, model: string, expect?: Expect}} Correction
 * @typedef {{id: string, correction: Correction|null, tried?: boolean}} Step  a correction to send, or with null one to delete
 */

const TOLD = "digitpad.told";
const RETRY = 15_000;  // ms between two tries while the server cannot be reached

/**
 * A person's corrections: sent to the service, and kept until it has them: in the browser's storage, with a token in
 * memory. Each has an id from here, so that one sent twice is one.
 *
 * Events, with detail {id}: `kept` when the service has a correction or a deletion, `refused` when it will not take it;
 * `waiting` when the service cannot be reached.
 */
export class Corrections extends EventTarget {
  /** Aborted when it stops; null while it is stopped. @type {AbortController|null} */ #life = null;
  #timer = 0;
  #busy = false;
  /** @type {Step[]} */ #memory = [];
  #stored;  // whether the browser's storage has all that waits; else it waits in memory

  /** @param {URL} base  of the service @param {string|null} token  a writer's, or none: the cookie says who it is */
  constructor(base, token) {
    super();
    this.base = base;
    this.token = token;
    this.#stored = token === null;  // the browser's storage would not say whose token it waits for
    this.key = `digitpad.corrections ${base.href}`;
    this.start();
  }

  /** Sends what waits, and tries again until the service has it. */
  start() {
    if (this.#life) return;
    this.#life = new AbortController();
    addEventListener("online", () => this.flush(), { signal: this.#life.signal });
    if (this.#steps().length > 0) this.flush();
  }

  /** Tries nothing again until it is started again. */
  stop() {
    this.#life?.abort();
    this.#life = null;
    clearTimeout(this.#timer);
  }

  /** Whether a person was told what is kept: all who corrected were. */
  get explained() {
    try {
      return localStorage.getItem(TOLD) !== null;
    } catch {
      return false;
    }
  }

  get waiting() {
    return this.#steps().filter(({ correction }) => correction !== null).length;
  }

  /** @param {Correction} correction */
  add(correction) {
    this.#save([...this.#steps(), { id: correction.id, correction }]);
    this.#keep(TOLD, "yes");
    this.flush();
  }

  /** Deletes a correction; one that was never sent is forgotten. @param {string} id */
  remove(id) {
    const steps = this.#steps();
    const unsent = steps.some((step) => step.id === id && !step.tried);
    this.#save(unsent ? steps.filter((step) => step.id !== id) : [...steps, { id, correction: null }]);
    this.flush();
  }

  /** Forgets all that waits. */
  forget() {
    this.#save([]);
  }

  /** Sends what waits, one after the other. */
  async flush() {
    if (this.#busy) return;
    this.#busy = true;
    clearTimeout(this.#timer);
    for (let step = this.#steps()[0]; step; step = this.#steps()[0]) {
      const { id, correction } = step;
      this.#save(this.#steps().map((other) => same(other, step) ? { ...other, tried: true } : other));
      const response = await this.#send(step).catch(() => null);
      if (!response || response.status === 429 || response.status >= 500) {
        if (this.#life) this.#timer = setTimeout(() => this.flush(), RETRY);
        this.dispatchEvent(new CustomEvent("waiting", { detail: { id } }));
        break;
      }
      this.#save(this.#steps().filter((other) => !same(other, step)));
      const gone = !correction && response.status === 404;  // it never arrived
      this.dispatchEvent(new CustomEvent(response.ok || gone ? "kept" : "refused", { detail: { id } }));
    }
    this.#busy = false;
  }

  /** @param {string} path  after api/v1/ @param {RequestInit} [init] */
  fetch(path, init = {}) {
    const headers = new Headers({ Accept: "application/json", "Content-Type": "application/json" });
    if (this.token) headers.set("Authorization", `Bearer ${this.token}`);
    return fetch(new URL(`api/v1/${path}`, this.base), { ...init, headers });
  }

  /** @param {Step} step */
  #send({ id, correction }) {
    if (!correction) return this.fetch(`corrections/${id}`, { method: "DELETE" });
    return this.fetch("corrections", { method: "POST", body: JSON.stringify(correction) });
  }

  /** @returns {Step[]} */
  #steps() {
    if (!this.#stored) return this.#memory;
    try {
      return JSON.parse(localStorage.getItem(this.key) ?? "[]");
    } catch {
      return this.#memory;
    }
  }

  /** @param {Step[]} steps */
  #save(steps) {
    this.#memory = steps;
    this.#stored = this.token === null && this.#keep(this.key, JSON.stringify(steps));
  }

  /** Whether the browser's storage took it. @param {string} key @param {string} value */
  #keep(key, value) {
    try {
      localStorage.setItem(key, value);
      return true;
    } catch {
      return false;
    }
  }
}

/** @param {Step} one @param {Step} other */
const same = (one, other) => one.id === other.id && !one.correction === !other.correction;

/** A random UUID, also on plain HTTP, where `crypto.randomUUID` is missing. */
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
