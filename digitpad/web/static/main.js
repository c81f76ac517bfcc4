// @ts-check
/** @import {Connection, Reading} from "./client.js" */
import { AnswerView, spoken } from "./answer.js";
import { Boxes } from "./boxes.js";
import { LiveReader } from "./client.js";
import { Pad } from "./pad.js";
import { words } from "./words.js";

const QUIET = 600;  // ms without a change until an answer is worth saying aloud

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

const pad = new Pad(byId("pad"));
const boxes = new Boxes(pad);
const reader = new LiveReader("/api/v1/read", "number");
const view = new AnswerView(byId("answer"));
const connection = byId("connection");
const announcement = byId("announcement");

/** @type {Reading|null} */
let latest = null;
let quiet = 0;

/** @param {() => string} text  made when it is said, so that it is true then */
function announce(text) {
  clearTimeout(quiet);
  quiet = setTimeout(() => (announcement.textContent = text()), QUIET);
}

/** @param {Reading|null} reading */
function show(reading) {
  latest = reading;
  view.show(reading);
  boxes.show(reading?.digits ?? []);
}

pad.addEventListener("cut", () => reader.drop());

pad.addEventListener("ink", () => {
  const empty = pad.strokes.length === 0;
  clearTimeout(quiet);
  if (connection.textContent) announce(() => connection.textContent ?? "");
  pad.element.classList.toggle("inked", !empty);
  byId("undo").setAttribute("aria-disabled", String(!pad.canUndo && empty));
  byId("clear").setAttribute("aria-disabled", String(empty));
  reader.update(pad.strokes);
  if (!empty) return;
  show(null);
  announce(() => words.cleared);
});

reader.addEventListener("reading", (event) => {
  show(/** @type {CustomEvent<Reading>} */ (event).detail);
});

reader.addEventListener("settled", () => {
  if (!pad.drawing && !connection.textContent) announce(() => spoken(latest));
});

reader.addEventListener("connection", (event) => {
  /** @type {{state: Connection, detail?: string}} */
  const { state, detail } = /** @type {CustomEvent} */ (event).detail;
  const text = state === "ok" ? "" : state === "refused" ? [words.refused, detail].filter(Boolean).join(" ") : words[state];
  connection.dataset.state = state;
  connection.textContent = text;
  view.element.toggleAttribute("data-stale", state !== "ok" && state !== "slow");
  if (text) announce(() => text);
});

byId("undo").addEventListener("click", () => pad.undo());
byId("clear").addEventListener("click", () => pad.clear());
