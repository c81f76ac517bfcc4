// @ts-check
import { fitted } from "./view.js";

const TYPES = ["image/png", "image/jpeg", "image/webp"];  // what the service reads
const SIDE = 1536;      // px; larger pictures are made smaller here, as the service would
const BYTES = 2_000_000;  // of what is sent; as text, a session's storage holds it
const SMALLER = 0.7;    // of the side, where it takes more
const QUALITY = 0.92;

/** @typedef {"heic"|"tiff"|"pdf"|"other"} Kind  of a file that the browser cannot show */

/** A picture on the pad instead of ink, as large as it fits. */
export class Picture {
  /** What is read. @type {Blob|null} */ blob = null;
  /** The same as a data URL. @type {string|null} */ url = null;

  /** @param {HTMLImageElement} image */
  constructor(image) {
    this.image = image;
  }

  /** @param {string|null} url  a data URL, as `load` returns it, or none */
  show(url) {
    this.url = url;
    this.blob = url === null ? null : blobOf(url);
    if (url !== null) this.image.src = url;
    else this.image.removeAttribute("src");
    this.image.hidden = url === null;
  }

  /**
   * Where a box of the picture lies on the pad, in CSS px from its top left.
   * @param {readonly number[]} box  left, top, right, bottom in px of the picture
   */
  place([left, top, right, bottom]) {
    const { naturalWidth, naturalHeight, clientWidth: width, clientHeight: height } = this.image;
    const { scale, left: x, top: y } = fitted(new DOMRect(0, 0, naturalWidth || 1, naturalHeight || 1), { width, height });
    return new DOMRect(x + left * scale, y + top * scale, (right - left) * scale, (bottom - top) * scale);
  }
}

/** As `fit`, as a data URL. @param {Blob} source */
export async function load(source) {
  return urlOf(await fit(source));
}

/**
 * Makes of a picture of any kind that the browser knows one that the service takes; rejects if it knows it not.
 * @param {Blob} source @param {number} [side]  px that it may have @param {number} [bytes]
 */
export async function fit(source, side = SIDE, bytes = BYTES) {
  const url = URL.createObjectURL(source);
  const image = Object.assign(new Image(), { src: url });
  try {
    await image.decode();
    return await prepare(source, image, side, bytes);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** What a file is that the browser could not show, by its first bytes. @param {Blob} file @returns {Promise<Kind>} */
export async function kindOf(file) {
  const start = String.fromCharCode(...new Uint8Array(await file.slice(0, 12).arrayBuffer()));
  if (/^....ftyp(hei|hev|mif|msf)/s.test(start)) return "heic";
  if (/^(II\*\0|MM\0\*)/.test(start)) return "tiff";
  return start.startsWith("%PDF") ? "pdf" : "other";
}

/**
 * As it came if the service can take it so, else smaller or as another kind.
 * @param {Blob} source @param {HTMLImageElement} image @param {number} side @param {number} bytes
 */
async function prepare(source, image, side, bytes) {
  const width = image.naturalWidth || side;  // drawings may have no size of their own
  const height = image.naturalHeight || side;
  let scale = Math.min(1, side / Math.max(width, height));
  if (scale === 1 && TYPES.includes(source.type) && source.size <= bytes) return source;
  let made = await draw(image, width * scale, height * scale);
  while (made.size > bytes) made = await draw(image, width * (scale *= SMALLER), height * scale);
  return made;
}

/**
 * As JPEG, and as PNG what can be seen through: on white, white ink would be gone.
 * @param {HTMLImageElement} image @param {number} width @param {number} height @returns {Promise<Blob>}
 */
function draw(image, width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width));
  canvas.height = Math.max(1, Math.round(height));
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  context.imageSmoothingQuality = "high";
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  const opaque = data.every((value, i) => i % 4 !== 3 || value === 255);
  return new Promise((done, fail) => canvas.toBlob(
    (blob) => blob ? done(blob) : fail(new Error("the picture is too large")), opaque ? "image/jpeg" : "image/png", QUALITY));
}

/** @param {Blob} blob @returns {Promise<string>} a data URL */
function urlOf(blob) {
  return new Promise((done, fail) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result));
    reader.onerror = () => fail(reader.error);
    reader.readAsDataURL(blob);
  });
}

/** @param {string} url  as `urlOf` makes it */
function blobOf(url) {
  const [head, data] = url.split(",");
  return new Blob([Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0))], { type: head.slice("data:".length, head.indexOf(";")) });
}
