// @ts-check
/**
 * Ink for elsewhere, as it looks on the pad: pure functions.
 *
 * @import {Stroke} from "./history.js"
 */
import { around } from "./lines.js";

const SIDE = 1024;  // px of a PNG's longer side
const DOT = 0.01;   // of the pen's width; a round line so long is a dot

/**
 * A drawing as the text of an SVG, its edges half a pen away from the ink; "" where there is none.
 * @param {readonly Stroke[]} strokes @param {number} pen  the line's width in the strokes' unit @param {string} colour
 */
export function svgOf(strokes, pen, colour) {
  if (strokes.length === 0) return "";
  const [left, top, right, bottom] = around(strokes);
  const [width, height] = [right - left + 2 * pen, bottom - top + 2 * pen];
  const scale = SIDE / Math.max(width, height);
  const view = [left - pen, top - pen, width, height].map(short).join(" ");
  const path = strokes.map((stroke) => curve(stroke, pen)).join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${view}" width="${Math.ceil(width * scale)}" height="${Math.ceil(height * scale)}">` +
    `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${short(pen)}" stroke-linecap="round" stroke-linejoin="round"/></svg>`;
}

/** That SVG as pixels on nothing. @param {string} svg @param {string} type @returns {Promise<Blob>} */
export async function blobOf(svg, type) {
  const image = Object.assign(new Image(), { src: `data:image/svg+xml,${encodeURIComponent(svg)}` });
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: image.naturalWidth, height: image.naturalHeight });
  canvas.getContext("2d")?.drawImage(image, 0, 0);
  return new Promise((done, fail) => canvas.toBlob((blob) => blob ? done(blob) : fail(new Error(`there is no ${type} here`)), type));
}

/** As layer.js draws it. @param {Stroke} stroke @param {number} pen */
function curve(stroke, pen) {
  const at = (/** @type {number} */ x, /** @type {number} */ y) => `${short(x)} ${short(y)}`;
  const [[x0, y0]] = stroke;
  if (stroke.length === 1) return `M${at(x0, y0)}h${short(pen * DOT)}`;
  const middles = stroke.slice(1, -1).map(([x, y], i) => {
    const [nextX, nextY] = stroke[i + 2];
    return `Q${at(x, y)} ${at((x + nextX) / 2, (y + nextY) / 2)}`;
  });
  const [x, y] = stroke[stroke.length - 1];
  return `M${at(x0, y0)}${middles.join("")}L${at(x, y)}`;
}

/** @param {number} value */
const short = (value) => String(Math.round(value * 100) / 100);
