// @ts-check
/** @import {Stroke} from "./history.js" */
/** @import {View} from "./view.js" */

const HARD = 1.9;  // a pen pressed hard draws so many times wider than one that hardly touches
const USUAL = 0.5; // the pressure of devices that have none

/** A canvas that covers its parent and draws strokes. */
export class Layer {
  #ink = "";
  #odd = "";

  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.parent = parent;
    this.canvas = parent.appendChild(document.createElement("canvas"));
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
  }

  resize() {
    this.canvas.width = Math.round(this.parent.clientWidth * devicePixelRatio);
    this.canvas.height = Math.round(this.parent.clientHeight * devicePixelRatio);
  }

  /** Empties it and sets it to draw in the strokes' unit. @param {View} view */
  clear({ scale, left, top }) {
    const [context, density] = [this.context, devicePixelRatio];
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.setTransform(scale * density, 0, 0, scale * density, left * density, top * density);
    ({ color: this.#ink, accentColor: this.#odd } = getComputedStyle(this.parent));
    context.lineCap = context.lineJoin = "round";
  }

  /**
   * Quadratic curves between the midpoints, with the points as controls; a dot for a tap. Wider where a pen was pressed.
   * @param {Stroke} stroke @param {number} width  in the strokes' unit @param {boolean} [odd]  in the colour of what is no digit
   */
  trace(stroke, width, odd = false) {
    const context = this.context;
    context.strokeStyle = context.fillStyle = odd ? this.#odd : this.#ink;
    const [x0, y0] = stroke[0];
    const even = stroke.every(([, , , pressure]) => pressure === stroke[0][3]);
    context.beginPath();
    if (stroke.length === 1) {
      context.arc(x0, y0, width * 0.6, 0, 2 * Math.PI);
      context.fill();
      return;
    }
    context.lineWidth = width;
    context.moveTo(x0, y0);
    for (let i = 1; i < stroke.length - 1; i++) {
      const [x, y, , pressure] = stroke[i];
      const [nextX, nextY] = stroke[i + 1];
      const [middleX, middleY] = [(x + nextX) / 2, (y + nextY) / 2];
      context.quadraticCurveTo(x, y, middleX, middleY);
      if (even) continue;
      context.lineWidth = width * (1 + (HARD - 1) * (pressure - USUAL));
      context.stroke();
      context.beginPath();
      context.moveTo(middleX, middleY);
    }
    const [x, y] = stroke[stroke.length - 1];
    context.lineTo(x, y);
    context.stroke();
  }
}
