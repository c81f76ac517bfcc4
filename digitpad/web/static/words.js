// @ts-check
/** Every sentence that the scripts say, in one place. */

const NAMES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

/** @param {string} text */
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** As a sentence has it: a digit's name, a number in figures. @param {string} text */
const name = (text) => text.length === 1 ? NAMES[Number(text)] : text;

/** As it is said: digit by digit. @param {string} text */
const said = (text) => [...text].map((digit) => NAMES[Number(digit)]).join(" ");

/** Whole percent. A probability is never certainty: neither 0 nor 100. @param {number} p */
export const percent = (p) => p < 0.005 ? "under 1" : String(Math.min(99, Math.round(p * 100)));

/** Percent with one decimal, for the bars. @param {number} p */
export const finePercent = (p) => `${Math.min(99.9, p * 100).toFixed(1)}%`;

export const words = {
  blank: "Nothing to read yet.",
  invitation: "The answer appears while you draw.",
  cleared: "The pad is empty.",
  offline: "Cannot reach the server. Trying again…",
  failing: "The server has a problem. Trying again…",
  busy: "The server is busy. Trying again…",
  slow: "The server is slow. Still reading…",
  refused: "This drawing cannot be read.",

  /** @param {string} text @param {number} p */
  sure: (text, p) => `${capital(name(text))}, ${percent(p)}% sure.`,

  /** @param {{text: string, confidence: number}[]} options */
  unsure: (options) => capital(options.map((o) => `${name(o.text)} (${percent(o.confidence)}%)`).join(" or ")) + "?",

  /** The name of a button. @param {string} digit @param {number} p @param {number} place @param {number} count */
  choose: (digit, p, place, count) => `${capital(name(digit))}, ${percent(p)}% sure, digit ${place} of ${count}`,

  /** The name of the bars. @param {number} place @param {number} count */
  bars: (place, count) => count > 1 ? `How likely each digit is at place ${place} of ${count}` : "How likely each digit is",

  /** @param {string} text @param {number} p */
  saySure: (text, p) => `${capital(said(text))}, ${percent(p)} percent sure.`,

  /** @param {{text: string, confidence: number}[]} options @param {string|null} reason */
  sayUnsure: (options, reason) => {
    const likely = options.map((o) => `${said(o.text)}, ${percent(o.confidence)} percent`);
    return [`Unsure: ${likely.join(", or ")}.`, reason].filter(Boolean).join(" ");
  },
};
