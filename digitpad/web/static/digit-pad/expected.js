// @ts-check
/**
 * What the field expects, by its attributes, and whether a text is that: pure functions. Attributes mean what they mean to
 * inputs of text and of numbers; what an input would ignore is ignored.
 *
 * @import {Shown} from "./said.js"
 * @typedef {{pattern?: string, min?: number, max?: number, step?: number, minlength?: number, maxlength?: number,
 *   checksum?: string}} Format
 * @typedef {string|Format} Expect  a mode, or a format that has a name; or a format
 */

const NUMBERS = /** @type {const} */ (["min", "max", "step", "minlength", "maxlength"]);
const ALMOST = 1e-9;  // of a step: 0.3 is three steps of 0.1
const MISFIT = /^(it looks like|there is) /;  // what the service says of a text that does not fit

export const ATTRIBUTES = ["expect", "pattern", ...NUMBERS, "checksum"];

/** What an element's attributes ask for. @param {Element} element @returns {Expect} */
export function expected(element) {
  /** @type {Format} */ const format = {};
  const said = /** @param {string} name */ (name) => element.getAttribute(name) ?? "";
  if (said("pattern")) format.pattern = said("pattern");
  if (said("checksum")) format.checksum = said("checksum");
  for (const name of NUMBERS) {
    const value = Number(said(name));
    const counts = name !== "minlength" && name !== "maxlength";
    if (said(name).trim() && Number.isFinite(value) && (counts ? name !== "step" || value > 0 : value >= 0 && Number.isInteger(value))) {
      format[name] = value;
    }
  }
  return Object.keys(format).length > 0 ? format : said("expect") || "number";
}

/** Which words it is asked for with. @param {Expect} expect @returns {"digit"|"decimal"|"number"} */
export const mode = (expect) => expect === "digit" || expect === "decimal" ? expect : "number";

/**
 * What is wrong with a text; nothing where it fits. Of an answer that is unsure since it does not fit, the best text that does
 * is told: then it is the other that is wrong.
 * @param {string} text @param {Expect} expect @param {Shown|null} shown @returns {ValidityStateFlags}
 */
export function misfit(text, expect, shown) {
  const other = MISFIT.test(shown?.reason ?? "");
  const wrong = other ? shown?.alternatives[0]?.text ?? text : text;
  const flags = typeof expect === "string" || wrong === "" ? {} : check(wrong, expect);
  return other && Object.keys(flags).length === 0 ? { badInput: true } : flags;
}

/** @param {string} text @param {Format} format @returns {ValidityStateFlags} */
function check(text, { pattern, min, max, step, minlength, maxlength }) {
  const value = Number(text.replace(",", "."));
  const steps = (value - (min ?? 0)) / (step ?? 1);
  const found = {
    patternMismatch: pattern !== undefined && !matches(text, pattern),
    rangeUnderflow: min !== undefined && value < min,
    rangeOverflow: max !== undefined && value > max,
    stepMismatch: step !== undefined && Math.abs(steps - Math.round(steps)) > ALMOST * Math.max(1, Math.abs(steps)),
    tooShort: minlength !== undefined && text.length < minlength,
    tooLong: maxlength !== undefined && text.length > maxlength,
  };
  return Object.fromEntries(Object.entries(found).filter(([, is]) => is));
}

/** @param {string} text @param {string} pattern */
function matches(text, pattern) {
  try {
    return new RegExp(`^(?:${pattern})$`, "v").test(text);
  } catch {
    return true;  // no pattern, as for an input
  }
}
