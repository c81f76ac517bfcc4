// @ts-check
/** The page of forms: a picture of one, what is read in each of its fields, and what a person says instead. */
import { LiveReader } from "./digit-pad/client.js";
import { copy } from "./digit-pad/copy.js";
import { fit, kindOf } from "./digit-pad/picture.js";
import { Fields } from "./fields.js";
import { formWords } from "./form-words.js";
import { words } from "./site.js";
import { isLayout, pictureOf, takeFiles } from "./taking.js";
/**
 * @import {Field} from "./fields.js"
 * @typedef {{status: string, reason: string|null, fields: readonly Field[]}} Answer
 */

const SIDE = 3072;         // px: the service reads no more of a page
const BYTES = 9_000_000;   // of a picture, below the service's limit with a layout
const TIMEOUT = 60_000;    // ms: what such a picture takes at 1.2 Mbit/s

/** @param {string} id */
const part = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const [notice, progress, without, copying] = ["notice", "progress", "without", "copy-fields"].map(part);
const fields = new Fields(part("page"), part("fields"));
const reader = new LiveReader();
reader.base = new URL("../", import.meta.url);
reader.path = "api/v1/read-form";
reader.timeout = TIMEOUT;
reader.start();

/** What is read, or is to be read. @type {Blob|null} */
let picture = null;
/** @type {File|null} */
let layout = null;
/** What is said, in the language of the moment. */
let news = () => "";

/** Reads a picture, or the last one again with a layout. @param {readonly File[]} files */
export async function take(files) {
  const source = pictureOf(files);
  use(files.find(isLayout) ?? layout);
  if (source) {
    wait(true);
    const fitted = await fit(source, SIDE, BYTES).catch(() => null);
    wait(false);
    if (!fitted) {
      const kind = await kindOf(source).catch(() => /** @type {const} */ ("other"));
      return say(() => words().unreadable[kind]);
    }
    picture = fitted;
    if (!fields.any) await fields.see(picture);
  }
  ask();
}

/** @param {File|null} file  a layout */
function use(file) {
  layout = file;
  without.hidden = file === null;
  part("layout").textContent = file?.name ?? "";
}

async function ask() {
  if (!picture) return;
  const body = new FormData();
  body.set("image", picture, "form");  // whatever its file is called
  if (layout) body.set("layout", await layout.text());
  reader.drop();
  reader.update(body);
  tell();
}

/** Says how the service is reached, as long as there is no answer. */
function tell() {
  const { state, detail, status } = reader.connection;
  const busy = state === "ok" || state === "slow";  // such a picture takes longer than a drawing
  wait(busy);
  say(() => {
    if (busy) return words().readingPicture;
    if (state !== "refused") return words()[state];
    if (status === 415) return words().unreadable.other;
    const { tooLarge, badLayout, badForm } = formWords();
    return `${status === 413 ? tooLarge : status === 422 && layout ? badLayout : badForm} ${detail}`;
  });
}

/** @param {Answer} answer */
async function show({ reason, fields: found }) {
  wait(false);
  if (!picture || found.length === 0) return say(() => formWords().unfound[reason ?? ""] ?? reason);
  await fields.see(picture);
  fields.show(found);
  copying.hidden = false;
  const unsure = found.filter(({ reading }) => reading.status === "unsure").length;
  say(() => formWords().fields(found.length, unsure));
}

/** @param {() => string} text */
function say(text) {
  news = text;
  notice.textContent = news();
}

/** @param {boolean} busy */
function wait(busy) {
  progress.hidden = !busy;
}

takeFiles(take);
reader.addEventListener("reading", (event) => show(/** @type {CustomEvent<Answer>} */ (event).detail));
reader.addEventListener("connection", () => !reader.settled && tell());
without.addEventListener("click", () => {
  use(null);
  ask();
});
copying.addEventListener("click", async () => {
  const copied = await copy(fields.text, part("fields"));
  say(() => copied ? words().copied : words().notCopied);
});
new MutationObserver(() => {
  say(news);
  fields.restyle();
}).observe(document.documentElement, { attributeFilter: ["lang"] });
