// @ts-check
/** The developer view, with `?dev`: the time from pen-up to the settled answer. */
import { words } from "./site.js";
/** @import {DigitPad} from "./digit-pad/digit-pad.js" */

/** @param {DigitPad} pad */
export function watch(pad) {
  const output = document.createElement("output");
  output.id = "latency";
  document.querySelector("footer")?.append(output);
  pad.addEventListener("reading", (event) => {
    const { latency, requests } = /** @type {CustomEvent} */ (event).detail;
    if (latency !== null) output.textContent = words().latency(latency, requests);
  });
}
