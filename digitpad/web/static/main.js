// @ts-check
/** The page with the pad: pictures that are chosen, dropped or pasted, and a drawing that outlives the page. */
import "./digit-pad/digit-pad.js";
import { keepDrawing, keptDrawing } from "./kept.js";
import { openOffline } from "./offline.js";
import { remember, remembered } from "./site.js";
/** @import {DigitPad} from "./digit-pad/digit-pad.js" */

const pad = /** @type {DigitPad} */ (document.querySelector("digit-pad"));

for (const input of document.querySelectorAll("input")) {
  input.addEventListener("change", () => {
    if (input.files?.[0]) pad.readPicture(input.files[0]);
    input.value = "";  // so that the same picture can be chosen again
  });
}

const hand = document.getElementById("hand");
hand?.addEventListener("click", () => writeWith(pad.getAttribute("hand") ? null : "left"));
writeWith(remembered("hand"));

/** @param {string|null} which  "left", or null for the right one */
function writeWith(which) {
  if (which) pad.setAttribute("hand", which);
  else pad.removeAttribute("hand");
  if (hand) hand.ariaPressed = String(which !== null);
  remember("hand", which);
}

const kept = keptDrawing();
if (kept) pad.state = kept;
// Two digits that draw themselves, at the first visit until somebody touches anything.
if (!kept && !remembered("visited")) {
  pad.classList.add("first");
  for (const type of ["pointerdown", "keydown"]) addEventListener(type, () => pad.classList.remove("first"), { capture: true, once: true });
}
remember("visited", "yes");

for (const type of ["ink", "change"]) pad.addEventListener(type, keep);
addEventListener("pagehide", keep);
document.addEventListener("visibilitychange", () => document.hidden && keep());
addEventListener("load", openOffline);

/** After each stroke, for a page may end without a word. */
function keep() {
  keepDrawing(pad.state, pad.validity.customError);
}

addEventListener("paste", (event) => take(event.clipboardData, event));
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => take(event.dataTransfer, event));

/** Reads the first picture of what was dropped or pasted. @param {DataTransfer|null} data @param {Event} event */
function take(data, event) {
  const file = [...(data?.files ?? [])].find(({ type }) => type.startsWith("image/")) ?? data?.files[0];
  if (!file) return;
  event.preventDefault();
  pad.readPicture(file);
}

if (new URLSearchParams(location.search).has("dev")) import("./dev.js").then(({ watch }) => watch(pad));
