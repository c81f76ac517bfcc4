// @ts-check
/**
 * What the field tells a form: pure functions.
 *
 * @import {Told} from "./correcting.js"
 * @import {Expect} from "./expected.js"
 * @import {Shown} from "./said.js"
 * @import {Words} from "./words.js"
 * @import {Size} from "./view.js"
 * @typedef {{strokes: number[][][], paper: Size|null, told: Told|null, given: string|null, picture: string|null}} Kept  all that is on
 *   the pad; `told` is of that ink or picture, a data URL; `given` is a value that was set, not drawn; `paper` is the size of paper on
 *   which there is print
 */

import { misfit } from "./expected.js";

const VERSION = 1;  // of the text below

/** All that is on the pad as a text, "" when that is nothing. @param {Kept} kept */
export function pack(kept) {
  const empty = kept.strokes.length === 0 && kept.given === null && kept.picture === null;
  return empty ? "" : JSON.stringify({ version: VERSION, ...kept });
}

/**
 * What `pack` wrote; browsers that fill in a form give a value. Anything else is nothing.
 * @param {string} text @returns {Kept}
 */
export function unpack(text) {
  /** @type {Kept} */ const nothing = { strokes: [], paper: null, told: null, given: null, picture: null };
  if (/^[\d.,+\-/:()=%#]+$/.test(text)) return { ...nothing, given: text };
  try {
    const { version, ...kept } = JSON.parse(text);
    return version === VERSION ? { ...nothing, ...kept } : nothing;
  } catch {
    return nothing;
  }
}

/**
 * Why the field is not valid, for `ElementInternals.setValidity`; nothing where it is.
 * @param {Words} words
 * @param {{refused: boolean, pending: boolean, said: boolean, shown: Shown|null, expect: Expect, required: boolean, value: string}} field
 *   `pending`: an answer is still to come; `said`: a person said all of it
 * @returns {[ValidityStateFlags, string]}
 */
export function flaw(words, { refused, pending, said, shown, expect, required, value }) {
  if (refused && !said) return [{ customError: true }, words.refused];
  if (pending && !said) return [{ customError: true }, words.reading];
  const wrong = misfit(value, expect, shown);
  if (Object.keys(wrong).length > 0) return [wrong, shown?.reason ? words.reason(shown.reason) : words.misfit];
  if (shown?.status === "unsure") return [{ badInput: true }, value ? words.confirm(value) : words.sayIt];
  if (value === "" && required) return [{ valueMissing: true }, words.missing];
  return [{}, ""];
}
