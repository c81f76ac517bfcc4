// @ts-check
/**
 * Crossing out: a zigzag over ink that was drawn before deletes it. Pure functions, in whatever unit.
 *
 * @import {Stroke} from "./history.js"
 * @import {Box} from "./lines.js"
 */
import { around, crossed, length } from "./lines.js";

// Chosen on UNIPEN's digits, none of which may cross out a part of itself, and on drawn zigzags. With four passes letters such
// as an m are zigzags, without STRAIGHT an 8 may be one.

const PASSES = 5;      // to and fro across the same place, at least
const WAYS = 8;        // directions that the passes may have
const PASS = 0.5;      // of the zigzag's extent along them that each goes at least
const ROUND = 0.2;     // of that extent that passes lie to the left and right of their course at most: more is a coil
const STRAIGHT = 1.25; // the zigzag's length over that of straight passes, at most: arcs as of a 3 or an 8 are longer
const COVERED = 0.4;   // of a stroke's length that is crossed out, at least
const EDGE = 0.1;      // of the zigzag's size that it reaches around itself
const CROSSINGS = 4;   // of the zigzag with what it crosses out, at least
const BESIDE = 0.7;    // of a stroke's width that lies above, in or below what is crossed out: it is a part of that digit
const NEAR = 0.3;      // of the crossed out digit's height that such a part is away from it at most
const FINE = 8;        // parts into which a segment is cut to say how much of it is covered

/**
 * What is left of strokes whose last crosses out some of the others; null where it does not.
 * @param {readonly Stroke[]} strokes @returns {readonly Stroke[]|null}
 */
export function scratched(strokes) {
  const zigzag = strokes.at(-1);
  const others = strokes.slice(0, -1);
  if (!zigzag || others.length === 0 || !goesToAndFro(zigzag)) return null;
  const [left, top, right, bottom] = around([zigzag]);
  const [wide, high] = [EDGE * (right - left), EDGE * (bottom - top)];
  const box = /** @type {Box} */ ([left - wide, top - high, right + wide, bottom + high]);
  const out = others.filter((stroke) => share(stroke, box) >= COVERED);
  const crossings = out.reduce((sum, stroke) => sum + crossed(zigzag, stroke), 0);
  if (out.length === 0 || crossings < CROSSINGS) return null;
  return others.filter((stroke) => !out.includes(stroke) && !belongs(around([stroke]), around(out)));
}

/** Whether a stroke is a zigzag. @param {Stroke} stroke */
export function goesToAndFro(stroke) {
  for (let way = 0; way < WAYS; way++) {
    const [across, down] = [Math.cos((Math.PI * way) / WAYS), Math.sin((Math.PI * way) / WAYS)];
    const along = stroke.map(([x, y]) => x * across + y * down);
    const aside = stroke.map(([x, y]) => y * across - x * down);
    const extent = Math.max(...along) - Math.min(...along);
    const turns = turnings(along, PASS * extent);
    if (turns.length <= PASSES) continue;
    const courses = turns.slice(1).map((turn, i) => mean(aside.slice(turns[i], turn + 1)));
    const bends = courses.slice(2).map((course, i) => Math.abs(course - 2 * courses[i + 1] + courses[i]) / 2);
    const straight = length(turns.map((turn) => stroke[turn]));
    if (mean(bends) <= ROUND * extent && length(stroke.slice(turns[0], turns.at(-1))) <= STRAIGHT * straight) return true;
  }
  return false;
}

/** Where it turns round, ends included. @param {readonly number[]} along @param {number} least  that a pass goes */
function turnings(along, least) {
  const found = [0];
  let [way, far] = [0, 0];  // of the pass that it is in: its sign, and where it has come to
  along.forEach((value, i) => {
    const gone = value - along[far];
    if (way === 0 ? Math.abs(gone) >= least : gone * way <= -least) {
      if (way !== 0) found.push(far);
      [way, far] = [Math.sign(gone), i];
    } else if (way !== 0 && gone * way >= 0) far = i;
  });
  return way === 0 ? found : [...found, far];
}

/** How much of a stroke's length lies in a box. @param {Stroke} stroke @param {Box} box */
function share(stroke, [left, top, right, bottom]) {
  const inside = (/** @type {number} */ x, /** @type {number} */ y) => x >= left && x <= right && y >= top && y <= bottom;
  const [[x0, y0]] = stroke;
  let [covered, length] = [inside(x0, y0) ? Number.EPSILON : 0, Number.EPSILON];  // of a dot, all or nothing
  for (let i = 1; i < stroke.length; i++) {
    const [[fromX, fromY], [toX, toY]] = [stroke[i - 1], stroke[i]];
    const part = Math.hypot(toX - fromX, toY - fromY) / FINE;
    length += part * FINE;
    for (let step = 0.5; step < FINE; step++) {
      const at = step / FINE;
      if (inside(fromX + at * (toX - fromX), fromY + at * (toY - fromY))) covered += part;
    }
  }
  return covered / length;
}

/** Whether what lies in one box is a part of the digit in the other: a bar above it, a stem below. @param {Box} part @param {Box} digit */
function belongs([left, top, right, bottom], [outLeft, outTop, outRight, outBottom]) {
  const shared = Math.min(right, outRight) - Math.max(left, outLeft);
  const away = Math.max(top - outBottom, outTop - bottom);
  return shared >= BESIDE * (right - left) && away <= NEAR * (outBottom - outTop);
}

/** @param {readonly number[]} values */
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
