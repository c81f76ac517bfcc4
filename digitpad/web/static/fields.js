// @ts-check
/**
 * @import {Reading} from "./digit-pad/client.js"
 * @typedef {{name: string, box: readonly number[], reading: Reading}} Field  left, top, right and bottom in px of the picture
 * @typedef {{field: Field, input: HTMLInputElement, outline: HTMLElement, item: HTMLElement, reason: HTMLElement}} Row
 */
import { hopeless } from "./digit-pad/answer.js";
import { shown } from "./digit-pad/said.js";
import { words } from "./site.js";

const SVG = "http://www.w3.org/2000/svg";

/** The fields of a form: each is outlined on its picture, and is an input in a list. */
export class Fields {
  /** @type {readonly Row[]} */ #rows = [];
  /** What is shown. @type {Blob|null} */ #picture = null;
  #url = "";
  #image = new Image();

  /** @param {HTMLElement} page  where the picture is @param {HTMLElement} list */
  constructor(page, list) {
    this.page = page;
    this.list = list;
    this.layer = document.createElement("div");
    this.layer.ariaHidden = "true";  // a label of the inputs, for those who point
    this.#image.alt = "";
    page.append(this.#image, this.layer);
  }

  get any() {
    return this.#rows.length > 0;
  }

  /** As a table: a name and a text each row. */
  get text() {
    return this.#rows.map(({ field, input }) => [field.name, input.value].map((text) => text.replaceAll(/\s/g, " ")).join("\t")).join("\n");
  }

  /** Shows a picture, without fields. @param {Blob} picture */
  async see(picture) {
    if (picture === this.#picture) return;
    this.#picture = picture;
    URL.revokeObjectURL(this.#url);
    this.#url = URL.createObjectURL(picture);
    this.#image.src = this.#url;
    await this.#image.decode();
    const { naturalWidth: width, naturalHeight: height } = this.#image;
    this.page.style.setProperty("--aspect", String(width / height));
    this.page.hidden = false;
    this.show([]);
  }

  /** @param {readonly Field[]} fields  of the picture */
  show(fields) {
    this.#rows = fields.map((field, i) => this.#row(field, `field-${i}`));
    this.layer.replaceChildren(...this.#rows.map(({ outline }) => outline));
    this.list.replaceChildren(...this.#rows.map(({ item }) => item));
    this.restyle();
  }

  /** Sets the words. */
  restyle() {
    for (const { field: { reading }, reason } of this.#rows) reason.textContent = reading.reason && words().reason(reading.reason);
  }

  /** @param {Field} field @param {string} id @returns {Row} */
  #row(field, id) {
    const item = document.createElement("li");
    const name = Object.assign(document.createElement("label"), { id: `${id}-name`, htmlFor: id, textContent: field.name });
    const reason = Object.assign(document.createElement("p"), { id: `${id}-reason` });
    const outline = Object.assign(document.createElement("label"), { htmlFor: id });
    const input = Object.assign(document.createElement("input"), { id, autocomplete: "off", inputMode: "decimal", spellcheck: false });
    input.defaultValue = hopeless(shown(field.reading, [])) ? "" : field.reading.text;
    input.setAttribute("aria-labelledby", name.id);
    item.append(name, this.#crop(field.box), input, reason);
    const row = { field, input, outline, item, reason };
    this.#place(row);
    for (const type of ["focus", "blur"]) input.addEventListener(type, () => outline.classList.toggle("current", type === "focus"));
    input.addEventListener("input", () => dress(row));
    outline.addEventListener("click", () => input.select());
    dress(row);
    return row;
  }

  /** @param {Row} row */
  #place({ field: { box: [left, top, right, bottom] }, outline: { style } }) {
    const { naturalWidth: width, naturalHeight: height } = this.#image;
    style.left = `${100 * left / width}%`;
    style.top = `${100 * top / height}%`;
    style.width = `${100 * (right - left) / width}%`;
    style.height = `${100 * (bottom - top) / height}%`;
  }

  /** The field as it is on the picture, for where that is out of sight. @param {readonly number[]} box */
  #crop([left, top, right, bottom]) {
    const [svg, image] = ["svg", "image"].map((name) => document.createElementNS(SVG, name));
    svg.setAttribute("viewBox", `${left} ${top} ${right - left} ${bottom - top}`);
    svg.ariaHidden = "true";
    image.setAttribute("href", this.#url);
    image.setAttribute("width", String(this.#image.naturalWidth));
    image.setAttribute("height", String(this.#image.naturalHeight));
    svg.append(image);
    return svg;
  }
}

/** What a person typed counts as read. @param {Row} row */
function dress({ field: { reading }, input, outline, item, reason }) {
  const typed = input.value !== input.defaultValue;
  const status = typed ? (input.value ? "read" : "blank") : reading.status;
  const unsure = status === "unsure";
  item.dataset.status = outline.dataset.status = status;
  outline.dataset.text = `${input.value}${unsure ? "?" : ""}`;
  input.setAttribute("aria-describedby", unsure ? reason.id : "");
}
