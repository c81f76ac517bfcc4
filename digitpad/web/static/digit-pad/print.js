// @ts-check
/**
 * What is printed on the paper for whoever writes: boxes, lines and the signs between them. It is no ink.
 *
 * @typedef {{sign: string, box: number[]}} Printed  a sign, and where it is in the strokes' unit: left, top, right, bottom
 * @typedef {{part: string, box: number[]}} Laid  a part of a shape, and where it lies
 */

const TALL = 1.35;   // of a box's width: digits are taller than wide
const SIGN = 0.5;    // of it, room for a sign
const GLYPH = 0.25;  // of it: where ink is over the sign, which then does not count
const OPEN = 3;      // of it, the least room for any number of digits
const ACROSS = 0.94; // of the paper that is used
const DOWN = 0.78;
const LEAST = 24;    // CSS px: nobody writes a digit in a narrower box with a finger

export class Print {
  /** As shape.js has them, "" for nothing. */
  shape = "";
  #point = ".";
  #hints = "";

  /** @param {HTMLElement} element  the pad's */
  constructor(element) {
    this.layer = document.createElement("div");
    this.layer.className = "print";
    this.layer.ariaHidden = "true";
    element.prepend(this.layer);  // below ink and pictures
  }

  /** @param {string} shape @param {string} point  the sign before decimals @param {string} hints  a letter for each box */
  set(shape, point, hints) {
    this.shape = shape;
    this.#point = point;
    this.#hints = hints;
  }

  /** The signs on paper of this size. @param {{width: number, height: number}} size @returns {Printed[]} */
  signs(size) {
    return lay(this.shape, size).filter(({ part }) => this.#sign(part)).map(({ part, box: [left, top, right, bottom] }) => {
      const [middle, half] = [(left + right) / 2, GLYPH / SIGN * (right - left) / 2];
      return { sign: this.#sign(part), box: [middle - half, top, middle + half, bottom] };
    });
  }

  /** Shows it. @param {{width: number, height: number}} size  of the paper @param {(box: number[]) => DOMRect} place  where that lies on the pad */
  show(size, place) {
    let boxes = 0;
    this.layer.replaceChildren(...lay(this.shape, size).filter(({ part }) => part !== " ").map(({ part, box }) => {
      const { x, y, width, height } = place(box);
      const shown = Object.assign(document.createElement("span"), { textContent: this.#sign(part) });
      shown.className = part === "d" ? "cell" : part === "D" ? "line" : "";
      if (part === "d") shown.dataset.hint = this.#hints[boxes++] ?? "";
      shown.style.cssText = `left: ${x}px; top: ${y}px; width: ${width}px; height: ${height}px; font-size: ${height}px`;
      return shown;
    }));
  }

  /** @param {string} part */
  #sign(part) {
    return "dD ".includes(part) ? "" : part === "p" ? this.#point : part;
  }
}

/** Lays a shape out in the middle of the paper, as large as it fits; nothing where that is too small. @param {string} shape
 * @param {{width: number, height: number}} size @returns {Laid[]} */
function lay(shape, { width, height }) {
  const parts = [...shape];
  const widths = parts.map((part) => (part === "D" ? OPEN : "d ".includes(part) ? 1 : SIGN));
  const sum = widths.reduce((one, other) => one + other, 0);
  const side = Math.min(ACROSS * width / sum, DOWN * height / TALL);
  if (sum === 0 || side < LEAST) return [];
  const open = parts.filter((part) => part === "D").length;
  const spare = open > 0 ? (ACROSS * width - sum * side) / open : 0;
  const top = (height - TALL * side) / 2;
  let left = (width - sum * side - open * spare) / 2;
  return parts.map((part, i) => {
    const right = left + widths[i] * side + (part === "D" ? spare : 0);
    const box = [left, top, right, top + TALL * side];
    left = right;
    return { part, box };
  });
}
