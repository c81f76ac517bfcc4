// @ts-check
/**
 * What can be printed for whoever writes, by what is expected: pure functions.
 *
 * A shape is a text: `d` is a box for a digit, `D` room for any number of them, a space is room for a minus, and `p` is the point or
 * comma before decimals; other signs are printed as they are.
 *
 * @import {Expect, Format} from "./expected.js"
 */

const MOST = 20;     // digits in a number
const MANY = 500;    // shapes of one pattern: dates have 8
const SIGNS = ".,-+/:()=%#";
/** Of formats that have a name. @type {Readonly<Record<string, string>>} */
const NAMED = {
  decimal: "DpD", date: "dd.dd.dddd", time: "dd:dd", amount: "Dpdd", "postcode-de": "ddddd", "postcode-us": "ddddd-dddd",
  card: "d".repeat(19), ean: "d".repeat(13),
};

/** What to print, "" for nothing. @param {Expect} expect */
export function shapeOf(expect) {
  if (typeof expect === "string") return NAMED[expect] ?? "";
  const { pattern, min, max, step, maxlength } = expect;
  let shape = "D";
  if (pattern !== undefined) shape = ofPattern(pattern);
  else if (min !== undefined || max !== undefined || step !== undefined) shape = ofRange(min, max, step);
  if (shape === "D" && maxlength !== undefined) shape = "d".repeat(maxlength);
  return shape === "D" || shape.split("d").length > MOST + 1 ? "" : shape;
}

/** @param {number} [min] @param {number} [max] @param {number} [step] */
function ofRange(min, max, step) {
  const digits = (/** @type {number} */ value) => String(Math.trunc(Math.abs(value))).length;
  const whole = max === undefined ? "D" : "d".repeat(Math.max(digits(max), digits(min ?? 0)));
  const decimals = Math.max(...[step ?? 0, min ?? 0].map((value) => String(value).split(/\.|e-/)[1]?.length ?? 0));
  const minus = whole !== "D" && (min ?? -1) < 0 ? " " : "";
  return minus + whole + (step === undefined ? "pD" : decimals > 0 ? `p${"d".repeat(decimals)}` : "");
}

/** The shape that holds all texts of a pattern; "" where none does. @param {string} pattern */
function ofPattern(pattern) {
  try {
    return joined([...new Parser(pattern).shapes].map((shape) => shape.replaceAll(/d*D[dD]*/g, "D")));
  } catch {
    return "";  // no pattern, or one of which that cannot be told
  }
}

/** What holds each of these shapes: signs between digits are the same, as far as there are any. @param {string[]} shapes */
function joined(shapes) {
  const bare = shapes.map((shape) => shape.replace(/^-/, ""));
  const signs = bare.map((shape) => shape.replaceAll(/d|D/g, "")).reduce((one, other) => one.length > other.length ? one : other);
  /** @type {string[]} */ const groups = Array(signs.length + 1).fill("");
  for (const shape of bare) {
    const parts = shape.split(/[^dD]/);
    if (!signs.startsWith(shape.replaceAll(/d|D/g, "")) || parts.some((part) => part === "")) return "";
    parts.forEach((part, i) => (groups[i] = part === "D" || part.length > groups[i].length && groups[i] !== "D" ? part : groups[i]));
  }
  const minus = bare.some((shape, i) => shape !== shapes[i]) && groups[0] !== "D" ? " " : "";
  return minus + groups.map((group, i) => group + (signs[i] ?? "")).join("");
}

/** Finds the shapes of a pattern's texts by recursive descent. Throws where it cannot tell them. */
class Parser {
  #at = 0;

  /** @param {string} text */
  constructor(text) {
    this.text = text.replace(/^\^/, "").replace(/\$$/, "");
    this.shapes = this.#alternatives();
    if (this.#at < this.text.length) throw new SyntaxError(this.text);
  }

  #alternatives() {
    const found = this.#terms();
    while (this.#take(/\|/y)) this.#terms().forEach((shape) => found.add(shape));
    return found;
  }

  #terms() {
    let found = new Set([""]);
    while (this.#at < this.text.length && !"|)".includes(this.text[this.#at])) found = product(found, this.#repeated(this.#term()));
    return found;
  }

  /** @returns {Set<string>} */
  #term() {
    if (this.#take(/\((\?:)?/y)) {
      const found = this.#alternatives();
      if (this.#take(/\)/y)) return found;
    }
    const [, set] = this.#take(/\[([^^\]][^\]]*)\]/y) ?? [];
    if (set !== undefined) return kinds(set);
    const [one] = this.#take(/\\[^D]|[^\\[\](){}?*+.^$|]/y) ?? [];
    if (one === undefined) throw new SyntaxError(this.text);
    return kinds(one);
  }

  /** @param {Set<string>} what */
  #repeated(what) {
    const [sign, least, comma, most] = this.#take(/[?*+]|\{(\d+)(,?)(\d*)\}/y) ?? [];
    if (sign === undefined) return what;
    this.#take(/\?/y);  // a lazy one has the same texts
    if (sign === "?") return new Set(["", ...what]);
    if (sign === "*" || sign === "+" || (comma && !most)) {
      if ([...what].join("") !== "d") throw new RangeError("without an end");
      return new Set(sign === "*" || least === "0" ? ["", "D"] : ["D"]);
    }
    /** @type {Set<string>} */ const found = new Set();
    let times = new Set([""]);
    for (let count = 0; count <= Number(most || least); count++) {
      if (count >= Number(least)) times.forEach((shape) => found.add(shape));
      times = product(times, what);
    }
    return found;
  }

  /** @param {RegExp} what  sticky */
  #take(what) {
    what.lastIndex = this.#at;
    const found = what.exec(this.text);
    this.#at += found?.[0].length ?? 0;
    return found;
  }
}

/** What the symbols of a class, or one, are. @param {string} text */
function kinds(text) {
  const digits = /^(\\?d|\d|-(?=\d))*$/.test(text.replaceAll("\\d", "d"));
  const symbols = text.replaceAll("\\", "");
  if (digits) return new Set(["d"]);
  if (symbols === ".," || symbols === ",.") return new Set(["p"]);
  if (symbols.length === 1 && SIGNS.includes(symbols)) return new Set([symbols]);
  throw new RangeError("digits as well as signs");
}

/** Each of some shapes, followed by each of others. @param {Set<string>} some @param {Set<string>} others */
function product(some, others) {
  const found = new Set([...some].flatMap((one) => [...others].map((other) => one + other)));
  if (found.size > MANY) throw new RangeError("too many");
  return found;
}
