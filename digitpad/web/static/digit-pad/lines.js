// @ts-check
/**
 * What is measured of strokes: pure functions, in whatever unit.
 *
 * @import {Stroke} from "./history.js"
 * @typedef {[left: number, top: number, right: number, bottom: number]} Box
 * @typedef {readonly [number, number, ...number[]]} Place
 */

/** The box around all points. @param {readonly Stroke[]} strokes @returns {Box} */
export function around(strokes) {
  const points = strokes.flat();
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/** @param {Stroke} stroke */
export const length = (stroke) => stroke.slice(1).reduce((sum, [x, y], i) => sum + Math.hypot(x - stroke[i][0], y - stroke[i][1]), 0);

/** How often two lines cross. @param {readonly Place[]} one @param {readonly Place[]} other */
export function crossed(one, other) {
  let count = 0;
  for (let i = 1; i < one.length; i++) {
    for (let j = 1; j < other.length; j++) {
      const [a, b, c, d] = [one[i - 1], one[i], other[j - 1], other[j]];
      if (side(a, b, c) !== side(a, b, d) && side(c, d, a) !== side(c, d, b)) count += 1;
    }
  }
  return count;
}

/** On which side of the line from a to b a place lies. @param {Place} a @param {Place} b @param {Place} place */
const side = ([ax, ay], [bx, by], [x, y]) => (bx - ax) * (y - ay) > (by - ay) * (x - ax);

/** How far a stroke is from a line between two places, at its ends and theirs. @param {Stroke} stroke @param {Place} from @param {Place} to */
export function distance(stroke, from, to) {
  const ends = stroke.map((place, i) => Math.min(
    gap(place, from, to), ...[from, to].map((end) => gap(end, stroke[Math.max(0, i - 1)], place))));
  return crossed([from, to], stroke) > 0 ? 0 : Math.min(...ends);
}

/** How far a place is from a line. @param {Place} place @param {Place} from @param {Place} to */
function gap([x, y], [fromX, fromY], [toX, toY]) {
  const [dx, dy] = [toX - fromX, toY - fromY];
  const at = Math.max(0, Math.min(1, ((x - fromX) * dx + (y - fromY) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(x - fromX - at * dx, y - fromY - at * dy);
}
