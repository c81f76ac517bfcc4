// @ts-check
/** @import {Words} from "./words.js" */

/** @param {string} path of 24 × 24 px */
const icon = (path) => `<svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><path d="${path}"/></svg>`;

const UNDO = "M9 6 4.5 10.5 9 15M4.5 10.5H15a4.5 4.5 0 0 1 0 9h-4";
const REDO = "M15 6l4.5 4.5L15 15M19.5 10.5H9a4.5 4.5 0 0 0 0 9h4";
const BARS = Array.from({ length: 10 }, (_, digit) =>
  `<li data-digit="${digit}"><span class="name">${digit}</span><span class="bar"></span><span class="number">–</span></li>`);

/** What is inside a <digit-pad>; its words come from words.js. */
export const template = document.createElement("template");
template.innerHTML = `
  <div class="root">
    <div class="sheet">
      <div class="paper" part="paper">
        <div id="pad" part="pad" tabindex="0" role="application" aria-describedby="pad-help keys">
          <img class="picture" alt="" hidden>
        </div>
        <p class="invitation" part="invitation" aria-hidden="true"></p>
        <p id="connection" part="connection" data-state="ok"></p>
      </div>
      <div class="tools" part="tools">
        <p id="pad-help" part="help"></p>
        <button type="button" id="finger" part="button" aria-pressed="false" hidden></button>
        <slot name="tools"></slot>
        <button type="button" id="undo" class="icon" part="button" aria-disabled="true">${icon(UNDO)}</button>
        <button type="button" id="redo" class="icon" part="button" aria-disabled="true">${icon(REDO)}</button>
        <button type="button" id="clear" part="button" aria-disabled="true"></button>
      </div>
      <p id="keys" class="unseen"></p>
    </div>
    <section id="answer" part="answer" data-status="blank">
      <p class="figures" part="figures" aria-hidden="true"><span class="numeral"></span><span class="numeral"></span></p>
      <div class="says" part="says">
        <div>
          <p class="sentence"></p>
          <p class="reason"></p>
        </div>
        <button type="button" id="fix" part="button" hidden></button>
      </div>
      <figure class="seen" part="seen">
        <div class="frame"><img id="raster" width="28" height="28" hidden></div>
        <div class="row" role="group" hidden></div>
        <figcaption></figcaption>
      </figure>
      <ol id="bars" part="bars">${BARS.join("")}</ol>
      <div class="chooser" part="chooser" role="group" aria-labelledby="question" hidden>
        <p class="question" id="question"></p>
        <p class="kept"></p>
        <div class="labels"></div>
      </div>
    </section>
    <p id="announcement" class="unseen" aria-live="polite"></p>
  </div>`;

/**
 * Puts the words into it.
 * @param {ParentNode} root @param {Words} words @param {"digit"|"number"} expect @param {string} name  of the field
 */
export function label(root, words, expect, name) {
  /** @param {string} selector */
  const part = (selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
  part("#pad").ariaLabel = name || words.draw[expect];
  part("#pad").setAttribute("aria-roledescription", words.pad);
  part(".invitation").textContent = words.draw[expect];
  part("#pad-help").textContent = words.help[expect];
  part("#keys").textContent = words.keys;
  part("#undo").ariaLabel = part("#undo").title = words.undo;
  part("#redo").ariaLabel = part("#redo").title = words.redo;
  part("#clear").textContent = words.clear;
  part("#finger").textContent = words.finger;
  part("#finger").title = words.fingerHelp;
  part("#answer").ariaLabel = words.answer;
  part("figcaption").textContent = words.seen;
  /** @type {HTMLImageElement} */ (part(".picture")).alt = words.yourPicture;
}
