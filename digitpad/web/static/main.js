// @ts-check
/** The page with the pad: pictures that are given to it, also of forms, and a drawing that outlives the page. */
import "./digit-pad/digit-pad.js";
import { keepDrawing, keptDrawing } from "./kept.js";
import { openOffline } from "./offline.js";
import { remember, remembered } from "./site.js";
import { isLayout, pictureOf, takeFiles } from "./taking.js";
/** @import {DigitPad} from "./digit-pad/digit-pad.js" */

const pad = /** @type {DigitPad} */ (document.querySelector("digit-pad"));

/** What the picture on the pad was made of, as long as that is known. @type {File|null} */
let source = null;
/** What was given last. @type {File|null} */
let given = null;
takeFiles((files) => {
  if (files.some(isLayout)) return openForm(files);
  given = pictureOf(files) ?? null;
  if (given) pad.readPicture(given);
});

const isForm = document.getElementById("is-form");
isForm?.addEventListener("click", async () => {
  const picture = await pad.toBlob();
  if (picture) openForm([source ?? new File([picture], "", { type: picture.type })]);
});
pad.addEventListener("ink", () => (source = given, offerForm()));
pad.addEventListener("reading", offerForm);

/** Offers to read a picture as a form, all the more where the pad is unsure. */
function offerForm() {
  if (!isForm) return;
  isForm.hidden = pad.reading === null || pad.strokes.length > 0 || pad.state === "";
  isForm.classList.toggle("likely", pad.reading?.status !== "read");
}

/** @param {readonly File[]} files */
const openForm = (files) => import("./handover.js").then((handover) => handover.openForm(files));

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
offerForm();
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

if (new URLSearchParams(location.search).has("dev")) import("./dev.js").then(({ watch }) => watch(pad));
