// @ts-check
/** The page that shows what is remembered of a person, and erases it. */
import { Corrections } from "./digit-pad/corrections.js";
import { fitted, Layer } from "./digit-pad/layer.js";
import { words } from "./site.js";
/**
 * @import {Point} from "./digit-pad/history.js"
 * @typedef {{id: string, ink?: {strokes: number[][][]}, raster?: string, label: string|null, created: string}} Kept
 */

const PEN = 0.045;   // of the picture's side
const MARGIN = 0.15; // of the drawing's longest side

const corrections = new Corrections(new URL("/", location.href), null);
const list = document.getElementById("digits");
const status = document.getElementById("remembered");
const erase = document.getElementById("erase");
const sure = /** @type {HTMLDialogElement|null} */ (document.getElementById("sure"));

/** @type {Kept[]} */
let kept = [];
/** What happened last, said before the count. */
let news = () => "";

async function load() {
  kept = [];
  for (let path = "corrections"; path;) {
    const response = await corrections.fetch(path).catch(() => null);
    if (!response || (!response.ok && response.status !== 401)) return say(words().unreachable);
    const body = response.ok ? await response.json() : { corrections: [] };  // nobody yet: nothing was corrected
    kept.push(...body.corrections);
    path = body.next ? `corrections?before=${body.next}` : "";
  }
  show();
}

function show() {
  const { remembered, none, queued } = words();
  const waiting = corrections.waiting;
  say([news(), kept.length > 0 ? remembered(kept.length) : none, waiting > 0 ? queued(waiting) : ""].filter(Boolean).join(" "));
  list?.replaceChildren(...kept.map(card));
  if (erase) erase.hidden = kept.length === 0 && waiting === 0;
  for (const canvas of list?.querySelectorAll("canvas") ?? []) canvas.dispatchEvent(new Event("draw"));
}

/** @param {Kept} correction */
function card({ id, ink, raster, label, created }) {
  const item = document.createElement("li");
  const when = new Date(created).toLocaleDateString(words().lang, { day: "numeric", month: "long", year: "numeric" });
  const picture = item.appendChild(document.createElement("div"));
  picture.className = "picture";
  if (ink) sketch(picture, ink.strokes);
  else picture.append(Object.assign(new Image(28, 28), { src: raster, alt: "" }));
  item.append(
    Object.assign(document.createElement("p"), { className: "label", textContent: words().label(label) }),
    Object.assign(document.createElement("p"), { className: "when", textContent: when }),
  );
  const button = item.appendChild(document.createElement("button"));
  button.type = "button";
  button.textContent = words().delete;
  button.ariaLabel = words().remove(label, when);
  button.addEventListener("click", () => remove(id));
  return item;
}

/** Draws ink in the middle, in the page's colour. @param {HTMLElement} parent @param {number[][][]} strokes */
function sketch(parent, strokes) {
  const layer = new Layer(parent);
  const points = strokes.flat();
  const [left, right] = [Math.min(...points.map(([x]) => x)), Math.max(...points.map(([x]) => x))];
  const [top, bottom] = [Math.min(...points.map(([, y]) => y)), Math.max(...points.map(([, y]) => y))];
  const margin = MARGIN * Math.max(right - left, bottom - top, 1);
  const frame = new DOMRect(left - margin, top - margin, right - left + 2 * margin, bottom - top + 2 * margin);
  layer.canvas.addEventListener("draw", () => {
    const view = fitted(frame, parent.clientWidth, parent.clientHeight);
    layer.resize();
    layer.clear(view);
    for (const stroke of strokes) {
      layer.trace(stroke.map(([x, y]) => /** @type {Point} */ ([x, y, 0, 0.5])), (PEN * parent.clientWidth) / view.scale);
    }
  });
}

/** @param {string} id */
async function remove(id) {
  const response = await corrections.fetch(`corrections/${id}`, { method: "DELETE" }).catch(() => null);
  if (!response || (!response.ok && response.status !== 404)) return say(words().unreachable);
  news = () => words().erased(1);
  await load();
  /** @type {HTMLElement|null} */ (list?.querySelector("button"))?.focus();
}

async function eraseAll() {
  const waiting = corrections.waiting;
  const response = await corrections.fetch("me", { method: "DELETE" }).catch(() => null);
  if (!response || (!response.ok && response.status !== 401)) return say(words().unreachable);
  corrections.forget();
  const count = waiting + (response.ok ? (await response.json()).erased : 0);
  news = () => words().erased(count);
  await load();
}

/** @param {string} text */
function say(text) {
  if (status) status.textContent = text;
}

if (list) {
  erase?.addEventListener("click", () => sure?.showModal());
  sure?.addEventListener("close", () => sure.returnValue === "erase" && eraseAll());
  corrections.addEventListener("kept", () => load());
  new MutationObserver(() => show()).observe(document.documentElement, { attributes: true });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => show());
  load();
}
