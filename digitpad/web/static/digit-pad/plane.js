// @ts-check

const CORNERS = ["0 auto auto 0", "0 auto auto 100%", "100% auto auto 0"]; // as `inset` has them: top left, top right, bottom left

/** An element's own plane, however the page zooms, scales, turns or skews it. */
export class Plane {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.corners = CORNERS.map((inset) => {
      const corner = element.appendChild(document.createElement("i"));
      corner.className = "corner";
      corner.style.inset = inset;
      return corner;
    });
  }

  /** The way from the window's CSS px to those of the element, from its top left. @returns {DOMMatrix} */
  get fromWindow() {
    const { clientWidth, clientHeight } = this.element;
    const [at, right, down] = this.corners.map((corner) => corner.getBoundingClientRect());
    return new DOMMatrix([
      (right.x - at.x) / clientWidth, (right.y - at.y) / clientWidth,
      (down.x - at.x) / clientHeight, (down.y - at.y) / clientHeight,
      at.x, at.y,
    ]).invertSelf();
  }
}
