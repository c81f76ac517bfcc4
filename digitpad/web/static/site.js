// @ts-check
/** What every page has: the switches of language and theme. */
import { wordsFor } from "./digit-pad/words.js";

const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");

/** @param {string} name @param {string|null} value  null is what the system says */
export function remember(name, value) {
  try {
    if (value === null) localStorage.removeItem(`digitpad.${name}`);
    else localStorage.setItem(`digitpad.${name}`, value);
  } catch {
    // It holds until the page is left.
  }
}

function switchTheme() {
  const system = dark.matches ? "dark" : "light";
  const next = (root.dataset.theme ?? system) === "dark" ? "light" : "dark";
  if (next === system) delete root.dataset.theme;
  else root.dataset.theme = next;
  remember("theme", next === system ? null : next);
}

function switchLanguage() {
  root.lang = root.lang === "de" ? "en" : "de";
  remember("lang", root.lang);
  name();
}

/** Titles have one language at a time. */
export function name() {
  const title = /** @type {HTMLElement|null} */ (document.querySelector("title"));
  if (title) document.title = (root.lang === "de" ? title.dataset.de : title.dataset.en) ?? "";
  for (const element of document.querySelectorAll("[data-label-en]")) {
    const { labelEn, labelDe } = /** @type {HTMLElement} */ (element).dataset;
    element.ariaLabel = (root.lang === "de" ? labelDe : labelEn) ?? null;
    /** @type {HTMLElement} */ (element).title = element.ariaLabel ?? "";
  }
}

name();
document.getElementById("theme")?.addEventListener("click", switchTheme);
document.getElementById("language")?.addEventListener("click", switchLanguage);

/** What was remembered; null is what the system says. @param {string} name */
export function remembered(name) {
  try {
    return localStorage.getItem(`digitpad.${name}`);
  } catch {
    return null;
  }
}

/** The words of the page's language. */
export const words = () => wordsFor(root);
