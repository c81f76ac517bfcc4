// @ts-check
/**
 * What a person says of a reading: pure functions.
 *
 * @import {Digit, Reading, Sign} from "./client.js"
 * @typedef {{from: number, to: number, text: string, id: string}} Saying  the digits from..to-1 of a reading are `text`: ""
 *   is no digit, "14" two in one; id is that of the correction that was made of it, or ""
 * @typedef {Digit & {from: number, to: number, rasters: string[], said: boolean}} Place  a digit as it is shown, and which
 *   digits of the reading it is
 * @typedef {Omit<Reading, "digits"> & {digits: Place[]}} Shown
 */

/** A digit with less confidence is in doubt. */
export const DOUBTFUL = 0.9;

/** Says it; what was said of the same digits no longer holds. @param {readonly Saying[]} sayings @param {Saying} saying */
export function say(sayings, saying) {
  const others = sayings.filter(({ from, to }) => to <= saying.from || from >= saying.to);
  return [...others, saying].sort((one, other) => one.from - other.from);
}

/**
 * The reading with what was said of it. What is still in doubt keeps it unsure, unless all of it was confirmed.
 * @param {Reading} reading @param {readonly Saying[]} sayings @param {boolean} [confirmed] @returns {Shown}
 */
export function shown(reading, sayings, confirmed = false) {
  const digits = places(reading.digits, sayings);
  if (sayings.length === 0 && !confirmed) return { ...reading, digits };
  const text = parts({ digits, signs: reading.signs }).map(({ text }) => text).join("");
  const doubt = reading.status === "unsure" && digits.some(({ said, confidence }) => !said && confidence < DOUBTFUL);
  if (doubt && !confirmed) return { ...reading, digits, text, alternatives: [] };
  return { ...reading, digits, text, alternatives: [], status: "read", reason: null };
}

/**
 * What a text is made of, from left to right: each digit with its place, and signs, which have none.
 * @param {{digits: readonly Digit[], signs?: readonly Sign[]}} reading @returns {{text: string, place: number}[]}
 */
export function parts({ digits, signs = [] }) {
  const found = digits.map(({ digit, box }, place) => ({ text: digit, place, box }));
  const written = signs.filter(({ sign }) => sign.length === 1).map(({ sign, box }) => ({ text: sign, place: -1, box }));
  return [...written].reverse().reduce((all, sign) => {
    const at = all.findIndex(({ place, box }) => place >= 0 && box[0] + box[2] >= sign.box[0] + sign.box[2]);
    return at < 0 ? [...all, sign] : [...all.slice(0, at), sign, ...all.slice(at)];
  }, found);
}

/**
 * What must be said so that the reading is this text: digit by digit where that will do, else of all that differs.
 * @param {Reading} reading @param {string} text  with signs or without @returns {Saying[]}
 */
export function saying(reading, text) {
  const old = reading.digits.map(({ digit }) => digit).join("");
  text = text.replaceAll(/\D/g, "");  // of signs nothing can be said
  let from = 0;
  while (from < Math.min(old.length, text.length) && old[from] === text[from]) from += 1;
  let kept = 0;  // at the end
  while (kept < Math.min(old.length, text.length) - from && old.at(-1 - kept) === text.at(-1 - kept)) kept += 1;
  if (old.length === text.length) {
    return [...text].flatMap((digit, i) => digit === old[i] ? [] : { from: i, to: i + 1, text: digit, id: "" });
  }
  // Something is said of ink: where a digit would be put in between two, one of them is the ink.
  if (from + kept === old.length) kept > 0 ? (kept -= 1) : (from -= 1);
  return [{ from, to: old.length - kept, text: text.slice(from, text.length - kept), id: "" }];
}

/**
 * What was said of one reading, of another one with more ink or less: it holds where the same ink lies in the same box.
 * @param {readonly Digit[]} before @param {readonly Saying[]} sayings @param {readonly Digit[]} now
 */
export function carried(before, sayings, now) {
  return sayings.flatMap((saying) => {
    const box = union(before.slice(saying.from, saying.to));
    for (let from = 0; from < now.length; from++) {
      for (let to = from + 1; to <= now.length; to++) {
        if (same(union(now.slice(from, to)), box)) return { ...saying, from, to };
      }
    }
    return [];
  });
}

/** The ink of digits, null where one has none: of a picture. @param {readonly Digit[]} digits */
export function joined(digits) {
  const inks = digits.flatMap(({ ink }) => ink ?? []);
  return inks.length === digits.length ? { strokes: inks.flatMap(({ strokes }) => strokes) } : null;
}

/** @param {readonly Digit[]} digits @param {readonly Saying[]} sayings @returns {Place[]} */
function places(digits, sayings) {
  /** @type {Place[]} */ const found = [];
  for (let from = 0; from < digits.length;) {
    const said = sayings.find((saying) => saying.from === from);
    const to = said?.to ?? from + 1;
    const parts = digits.slice(from, to);
    const rasters = parts.map(({ raster }) => raster);
    found.push({ ...parts[0], ...(said && { digit: said.text, box: union(parts) }), from, to, rasters, said: said !== undefined });
    from = to;
  }
  return found;
}

/** @param {readonly Digit[]} digits */
function union(digits) {
  return [0, 1, 2, 3].map((side) => (side < 2 ? Math.min : Math.max)(...digits.map(({ box }) => box[side])));
}

/** @param {readonly number[]} one @param {readonly number[]} other */
const same = (one, other) => one.every((side, i) => side === other[i]);
