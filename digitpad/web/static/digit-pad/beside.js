// @ts-check
/**
 * What stands beside the digits, as the pad shows it: pure functions.
 *
 * @import {Expect} from "./expected.js"
 * @import {Stroke} from "./history.js"
 * @import {Shown} from "./said.js"
 * @typedef {{name: string, box: readonly number[], fits: boolean, says: boolean}} Beside  a sign or a mark by its name;
 *   `fits` where it was asked for, `says` where it belongs to the text
 */

const CLOSE = 0.5;  // of the strokes' unit: boxes come back in it, rounded

/** The signs and the marks that were written. @param {Shown|null} shown @param {Expect} expect @returns {Beside[]} */
export function beside(shown, expect) {
  const plain = expect === "number" || expect === "digit";
  const fits = !plain && shown?.status === "read";  // then no sign stands there that was not asked for
  return [
    ...(shown?.signs ?? []).filter(({ printed }) => !printed).map(({ sign, box }) => ({ name: sign, box, fits, says: true })),
    ...(shown?.marks ?? []).map(({ kind, box }) => ({ name: kind, box, fits: false, says: false })),
  ];
}

/**
 * The strokes that are no digits': each lies in the box of a sign or a mark, and in no digit's.
 * @param {readonly Beside[]} others @param {Shown|null} shown @param {readonly Stroke[]} strokes
 */
export function strokesOf(others, shown, strokes) {
  const odd = others.filter(({ fits }) => !fits);
  const digits = shown?.digits ?? [];
  return odd.length === 0 ? [] : strokes.filter((stroke) =>
    odd.some(({ box }) => within(stroke, box)) && !digits.some(({ box }) => within(stroke, box)));
}

/** @param {Stroke} stroke @param {readonly number[]} box */
const within = (stroke, [left, top, right, bottom]) => stroke.every(([x, y]) =>
  x >= left - CLOSE && x <= right + CLOSE && y >= top - CLOSE && y <= bottom + CLOSE);
