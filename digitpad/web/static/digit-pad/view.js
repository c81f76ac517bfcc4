// @ts-check
/**
 * Where ink lies on the pad. Places on the pad are CSS px from its top left, those of ink in the strokes' unit.
 *
 * @import {Stroke} from "./history.js"
 * @typedef {{scale: number, left: number, top: number}} View  x of ink is at left + scale · x on the pad
 * @typedef {{width: number, height: number}} Size  of the pad, CSS px
 */

const ROOM = 0.05; // around ink that the pad would not show, as a share of the ink's size

/** Shows all of a frame, as large as it fits, in the middle. @param {DOMRect} frame @param {Size} size @returns {View} */
export function fitted(frame, { width, height }) {
  const scale = Math.min(width / frame.width, height / frame.height);
  return {
    scale,
    left: width / 2 - scale * (frame.x + frame.width / 2),
    top: height / 2 - scale * (frame.y + frame.height / 2),
  };
}

/** What a pad of this size shows, in the strokes' unit. @param {View} view @param {Size} size */
export function shown({ scale, left, top }, { width, height }) {
  return new DOMRect(-left / scale, -top / scale, width / scale, height / scale);
}

/**
 * What the pad must show so that all ink is in sight: as before if that does, else the pad in the strokes' unit, else the
 * ink, never enlarged.
 * @param {DOMRect|null} before @param {readonly Stroke[]} strokes @param {Size} size
 */
export function framed(before, strokes, { width, height }) {
  const whole = new DOMRect(0, 0, width, height);
  const ink = bounds(strokes);
  if (!ink) return whole;
  const enough = [before, whole].find((frame) => frame && contains(frame, ink));
  if (enough) return enough;
  const [wide, high] = [Math.max(width, ink.width * (1 + 2 * ROOM)), Math.max(height, ink.height * (1 + 2 * ROOM))];
  return new DOMRect(ink.x + (ink.width - wide) / 2, ink.y + (ink.height - high) / 2, wide, high);
}

/** @param {View} view @param {number} x @param {number} y @returns {[number, number]} a place of the pad in the strokes' unit */
export function toInk({ scale, left, top }, x, y) {
  return [(x - left) / scale, (y - top) / scale];
}

/**
 * Where a box of the strokes lies on the pad, with the pen's width around it.
 * @param {View} view @param {readonly number[]} box  left, top, right, bottom @param {number} pen  its width in the strokes' unit
 */
export function toPad({ scale, left: x, top: y }, [left, top, right, bottom], pen) {
  const width = pen * scale;
  return new DOMRect(
    x + left * scale - width / 2, y + top * scale - width / 2, (right - left) * scale + width, (bottom - top) * scale + width,
  );
}

/** @param {readonly Stroke[]} strokes @returns {DOMRect|null} around all points; null where there are none */
function bounds(strokes) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const stroke of strokes) {
    for (const [x, y] of stroke) {
      [left, right] = [Math.min(left, x), Math.max(right, x)];
      [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
    }
  }
  return left > right ? null : new DOMRect(left, top, right - left, bottom - top);
}

/** @param {DOMRect} frame @param {DOMRect} ink */
function contains(frame, ink) {
  return frame.left <= ink.left && frame.top <= ink.top && frame.right >= ink.right && frame.bottom >= ink.bottom;
}
