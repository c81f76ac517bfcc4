// @ts-check
/** @import {View} from "./layer.js" */
import { fitted } from "./layer.js";

const TYPES = ["image/png", "image/jpeg", "image/webp"];  // what the service reads
const SIDE = 1536;      // px; larger pictures are made smaller here, as the service would
const BYTES = 4_000_000;
const QUALITY = 0.92;

/** A picture on the pad instead of ink, as large as it fits. */
export class Picture {
  /** What is read. @type {Blob|null} */ blob = null;

  /** @param {HTMLImageElement} image */
  constructor(image) {
    this.image = image;
  }

  /** @param {Blob|null} blob  as `load` returns it, or none */
  show(blob) {
    this.blob = blob;
    if (this.image.src) URL.revokeObjectURL(this.image.src);
    if (blob) this.image.src = URL.createObjectURL(blob);
    else this.image.removeAttribute("src");
    this.image.hidden = blob === null;
  }

  /**
   * Where a box of the picture lies on the pad, in CSS px from its top left.
   * @param {readonly number[]} box  left, top, right, bottom in px of the picture
   */
  place([left, top, right, bottom]) {
    const { naturalWidth, naturalHeight, clientWidth, clientHeight } = this.image;
    const { scale, left: x, top: y } = fitted(new DOMRect(0, 0, naturalWidth || 1, naturalHeight || 1), clientWidth, clientHeight);
    return new DOMRect(x + left * scale, y + top * scale, (right - left) * scale, (bottom - top) * scale);
  }
}

/** Makes of a picture of any kind that the browser knows one that the service takes; rejects if it knows it not. @param {Blob} source */
export async function load(source) {
  const url = URL.createObjectURL(source);
  const image = Object.assign(new Image(), { src: url });
  try {
    await image.decode();
    return await prepare(source, image);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** As it came if the service can take it so, else smaller and as JPEG. @param {Blob} source @param {HTMLImageElement} image */
async function prepare(source, image) {
  const scale = Math.min(1, SIDE / Math.max(image.naturalWidth, image.naturalHeight));
  if (scale === 1 && TYPES.includes(source.type) && source.size <= BYTES) return source;
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round((image.naturalWidth || SIDE) * scale));
  canvas.height = Math.max(1, Math.round((image.naturalHeight || SIDE) * scale));
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.fillStyle = "#fff";  // JPEG has no alpha
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  /** @type {Blob} */
  const made = await new Promise((done, fail) => {
    canvas.toBlob((blob) => blob ? done(blob) : fail(new Error("the picture is too large")), "image/jpeg", QUALITY);
  });
  return made;
}
