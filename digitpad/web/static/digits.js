// @ts-check
/** The page that shows what is remembered of a person, and erases it. */
import { Corrections } from "./digit-pad/corrections.js";
import { Left } from "./digit-pad/left.js";
import { forgetDrawing } from "./kept.js";
import { words } from "./site.js";
/** @typedef {{id: string, raster: string, label: string|null, created: string}} Kept */

const corrections = new Corrections(new URL("../", import.meta.url), null);
const list = document.getElementById("digits");
const status = document.getElementById("remembered");
const erase = document.getElementById("erase");
const sure = /** @type {HTMLDialogElement|null} */ (document.getElementById("sure"));

/** @type {Kept[]} */
let kept = [];
/** What happened last, said before the count. */
let news = () => "";

async function load() {
  /** @type {Kept[]} */ const found = [];
  for (let path = "corrections"; path;) {
    const response = await corrections.fetch(path).catch(() => null);
    if (!response?.ok) return say(words().unreachable);
    const body = await response.json();
    found.push(...body.corrections);
    path = body.next ? `corrections?before=${body.next}` : "";
  }
  kept = found;
  show();
}

function show() {
  const { remembered, none, queued } = words();
  const waiting = corrections.waiting;
  say([news(), kept.length > 0 ? remembered(kept.length) : none, waiting > 0 ? queued(waiting) : ""].filter(Boolean).join(" "));
  list?.replaceChildren(...kept.map(card));
  if (erase) erase.hidden = kept.length === 0 && waiting === 0;
}

/** @param {Kept} correction */
function card({ id, raster, label, created }) {
  const item = document.createElement("li");
  const when = new Date(created).toLocaleDateString(words().lang, { day: "numeric", month: "short", year: "numeric" });
  const picture = item.appendChild(document.createElement("div"));
  picture.className = "picture";
  // White on black becomes ink on paper, in the theme's colours.
  picture.appendChild(document.createElement("div")).style.maskImage = `url("${raster}")`;
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
  if (!response?.ok) return say(words().unreachable);
  corrections.forget();
  Left.forgetAll();
  forgetDrawing();
  const count = waiting + (await response.json()).erased;
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
  load();
}
