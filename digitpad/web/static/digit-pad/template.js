// @ts-check
/**
 * @import {Expect} from "./expected.js"
 * @import {Words} from "./words.js"
 */

import { mode } from "./expected.js";
import { shapeOf } from "./shape.js";

const UNDO = "M9 6 4.5 10.5 9 15M4.5 10.5H15a4.5 4.5 0 0 1 0 9h-4";
const REDO = "M15 6l4.5 4.5L15 15M19.5 10.5H9a4.5 4.5 0 0 0 0 9h4";
const COPY = "M9 8.5h10.5V20H9zM15.5 8.5V4.5h-11V16H9";
const SVG = "http://www.w3.org/2000/svg";

/**
 * An element with attributes and children; no markup is parsed, which a policy of trusted types would forbid.
 * @param {string} name @param {Record<string, string>} [attributes] @param {(Node|string)[]} children
 */
function make(name, attributes = {}, ...children) {
  const element = name === "svg" || name === "path" ? document.createElementNS(SVG, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** @param {string} id @param {Record<string, string>} attributes @param {Node[]} children */
const button = (id, attributes, ...children) => make("button", { type: "button", id, part: "button", ...attributes }, ...children);

/** @param {string} path of 24 × 24 px */
const icon = (path) =>
  make("svg", { viewBox: "0 0 24 24", width: "22", height: "22", "aria-hidden": "true" }, make("path", { d: path }));

const sheet = () => make("div", { class: "sheet" },
  make("div", { class: "paper", part: "paper" },
    make("div", { id: "pad", part: "pad", tabindex: "0", role: "application", "aria-describedby": "pad-help keys" },
      make("img", { class: "picture", alt: "", hidden: "" })),
    make("p", { class: "invitation", part: "invitation", "aria-hidden": "true" }),
    make("slot", { name: "example" }),
    make("div", { class: "progress", part: "progress", role: "progressbar", hidden: "" }),
    make("p", { id: "connection", part: "connection" })),
  make("div", { class: "tools", part: "tools" },
    make("p", { id: "pad-help", part: "help" }),
    button("finger", { "aria-pressed": "false", hidden: "" }),
    make("slot", { name: "tools" }),
    button("undo", { class: "icon", "aria-disabled": "true" }, icon(UNDO)),
    button("redo", { class: "icon", "aria-disabled": "true" }, icon(REDO)),
    button("clear", { "aria-disabled": "true" })),
  make("p", { id: "keys", class: "unseen" }));

const numeral = () => make("button", { type: "button", class: "numeral", hidden: "" });

const bar = (/** @type {number} */ digit) => make("li", { "data-digit": String(digit) },
  make("span", { class: "name" }, String(digit)), make("span", { class: "bar" }), make("span", { class: "number" }, "–"));

const answer = () => make("div", { id: "answer", part: "answer", role: "group", "data-status": "blank" },
  make("div", { class: "figures", part: "figures" }, numeral(), numeral(), button("copy", { class: "icon", hidden: "" }, icon(COPY))),
  make("div", { class: "says", part: "says" },
    make("div", {}, make("p", { class: "sentence" }), make("p", { class: "reason" })),
    make("div", { class: "acts" }, button("right", { hidden: "" }), button("fix", { hidden: "" }))),
  make("figure", { class: "seen", part: "seen" },
    make("div", { class: "frame" }, make("img", { id: "raster", width: "28", height: "28", hidden: "" })),
    make("div", { class: "row", role: "group", hidden: "" }),
    make("figcaption")),
  make("ol", { id: "bars", part: "bars" }, ...Array.from({ length: 10 }, (_, digit) => bar(digit))),
  make("div", { class: "chooser", part: "chooser", role: "group", "aria-labelledby": "question", hidden: "" },
    make("p", { class: "question", id: "question", "aria-live": "polite" }),
    make("p", { class: "kept" }),
    make("div", { class: "labels" }),
    make("div", { class: "other" })));

/** What is inside a <digit-pad>; its words come from words.js. */
export const content = () => make("div", { class: "root" },
  sheet(), answer(), make("p", { id: "announcement", class: "unseen", "aria-live": "polite" }));

/**
 * Puts the words into it.
 * @param {ParentNode} root @param {Words} words @param {Expect} expect @param {string} name  of the field
 */
export function label(root, words, expect, name) {
  /** @param {string} selector */
  const part = (selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
  const [asked, shape] = [mode(expect), shapeOf(expect)];
  part("#pad").ariaLabel = name || words.draw[asked];
  part("#pad").setAttribute("aria-roledescription", words.pad);
  part(".invitation").textContent = words.draw[asked];
  part("#pad-help").textContent = shape ? words.printed(shape) : words.help[asked];
  part("#keys").textContent = words.keys;
  part("#undo").ariaLabel = part("#undo").title = words.undo;
  part("#redo").ariaLabel = part("#redo").title = words.redo;
  part(".progress").ariaLabel = words.readingPicture;
  part("#copy").ariaLabel = part("#copy").title = words.copy;
  part("#clear").textContent = words.clear;
  part("#finger").textContent = words.finger;
  part("#finger").title = words.fingerHelp;
  part("#answer").ariaLabel = name ? words.answerOf(name) : words.answer;
  part("#right").textContent = words.right;
  part("figcaption").textContent = words.seen;
  /** @type {HTMLImageElement} */ (part(".picture")).alt = words.yourPicture;
}
