// @ts-check
/** The developer view, with `?dev`: how long answers take, what was read on this visit, and the drawing to take along. */
import { words } from "./site.js";
/**
 * @import {DigitPad} from "./digit-pad/digit-pad.js"
 * @import {Reading} from "./digit-pad/client.js"
 */

const MOST = 20;  // readings that are shown, the newest

/** @param {DigitPad} pad */
export function watch(pad) {
  const output = document.createElement("output");
  output.id = "latency";
  const table = document.createElement("table");
  const title = table.createCaption();
  const head = table.createTHead().insertRow();
  const body = table.createTBody();
  const files = document.createElement("p");
  table.id = "visit";
  document.querySelector("footer")?.append(output);
  document.querySelector("main")?.append(files, table);
  const buttons = /** @type {const} */ (["svg", "png"]).map((kind) => {
    const button = files.appendChild(Object.assign(document.createElement("button"), { type: "button", id: kind }));
    button.addEventListener("click", () => save(pad, kind));
    return button;
  });

  function name() {
    const { visit, columns, saveAs } = words();
    title.textContent = visit;
    head.replaceChildren(...columns.map((text) => Object.assign(document.createElement("th"), { scope: "col", textContent: text })));
    buttons.forEach((button) => (button.textContent = saveAs(button.id.toUpperCase())));
  }

  name();
  new MutationObserver(name).observe(document.documentElement, { attributeFilter: ["lang"] });
  pad.addEventListener("reading", (event) => {
    const { reading, latency, requests } = /** @type {CustomEvent} */ (event).detail;
    if (latency === null) return;
    output.textContent = words().latency(latency, requests);
    add(body, reading, latency);
  });
}

/** @param {HTMLTableSectionElement} body @param {Reading} reading @param {number} latency  ms */
function add(body, { text, status, confidence, reason }, latency) {
  const row = body.insertRow(0);
  for (const value of [text, status, words().finePercent(confidence), reason ?? "", `${Math.round(latency)} ms`]) {
    row.insertCell().textContent = value;
  }
  while (body.rows.length > MOST) body.deleteRow(-1);
}

/** @param {DigitPad} pad @param {"svg"|"png"} kind */
async function save(pad, kind) {
  const file = kind === "svg" ? new Blob([pad.toSVG()], { type: "image/svg+xml" }) : await pad.toBlob();
  if (!file?.size) return;
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: `digitpad.${kind}` });
  link.click();
  URL.revokeObjectURL(link.href);
}
