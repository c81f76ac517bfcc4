// @ts-check
/**
 * Every sentence that the scripts say, in each language. What a page itself says stands in its template.
 *
 * @typedef {{text: string, confidence: number}} Alternative
 * @typedef {typeof english} Words
 */

/** @param {string} text */
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** Whole percent. A probability is never certainty: neither 0 nor 100. @param {number} p @param {string} under */
const whole = (p, under) => p < 0.005 ? `${under} 1` : String(Math.min(99, Math.round(p * 100)));

/** Percent with one decimal, for the bars. @param {number} p @param {string} lang */
const fine = (p, lang) => `${Math.min(99.9, p * 100).toLocaleString(lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 })}%`;

const LONG = 8;  // digits; longer numbers are above the sentence and not in it again

/** As a sentence has it: a digit's name, a number in figures. @param {string} text @param {Readonly<Record<string, string>>} names */
const named = (text, names) => text.length === 1 ? names[text] : text;

/** A text and how likely it is. @param {Alternative} option @param {Readonly<Record<string, string>>} names @param {string} share */
const option = ({ text }, names, share) => text.length > LONG ? share : `${named(text, names)} (${share})`;

/** As it is said: digit by digit. @param {string} text @param {Readonly<Record<string, string>>} names */
const said = (text, names) => [...text].map((character) => names[character]).join(" ");

/** By character. @type {Readonly<Record<string, string>>} */
const EN = {
  0: "zero", 1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine",
  ".": "point", ",": "comma", "-": "minus", "+": "plus", "/": "slash", ":": "colon", "(": "bracket", ")": "bracket",
  "=": "equals", "%": "percent", "#": "number sign",
};
/** @type {Readonly<Record<string, string>>} */
const DE = {
  0: "null", 1: "eins", 2: "zwei", 3: "drei", 4: "vier", 5: "fünf", 6: "sechs", 7: "sieben", 8: "acht", 9: "neun",
  ".": "Punkt", ",": "Komma", "-": "minus", "+": "plus", "/": "Schrägstrich", ":": "Doppelpunkt", "(": "Klammer",
  ")": "Klammer", "=": "gleich", "%": "Prozent", "#": "Nummernzeichen",
};

/** What the service says stands there. @type {Readonly<Record<string, string>>} */
const THERE = {
  "a point": "ein Punkt", "a comma": "ein Komma", "a minus or a hyphen": "ein Minus oder Bindestrich", "a plus": "ein Plus",
  "a slash": "ein Schrägstrich", "a colon": "ein Doppelpunkt", "a bracket": "eine Klammer", "an equals sign": "ein Gleichheitszeichen",
  "a percent sign": "ein Prozentzeichen", "a number sign": "ein Nummernzeichen",
  "something that is no digit": "etwas, das keine Ziffer ist", "more than digits": "mehr als Ziffern",
};

/** What the service says of a text that does not fit, a word or more each. @type {Readonly<Record<string, string>>} */
const MISFIT = {
  "which is not what is expected": "das wird nicht erwartet", "whose check digit is another": "die Prüfziffer ist eine andere",
  "at least": "mindestens", "at most": "höchstens", "steps of": "Schritte von", "are expected": "werden erwartet",
  "is expected": "wird erwartet", digits: "Ziffern", digit: "Ziffer", to: "bis", no: "keine", one: "eine", two: "zwei",
  three: "drei", four: "vier", five: "fünf", six: "sechs", seven: "sieben", eight: "acht", nine: "neun", ten: "zehn",
  eleven: "elf", twelve: "zwölf",
};
const MISFITS = new RegExp(`\\b(${Object.keys(MISFIT).join("|")})\\b`, "g");
/** @param {string} said */
const inGerman = (said) => said.replace(MISFITS, (words) => MISFIT[words]);

/** As a list in a sentence, each once. @param {readonly {kind: string}[]} marks @param {Readonly<Record<string, string>>} names @param {string} and */
const listed = (marks, names, and) => {
  const all = [...new Set(marks.map(({ kind }) => names[kind] ?? kind))];
  return [all.slice(0, -1).join(", "), all.at(-1)].filter(Boolean).join(` ${and} `);
};

/** @type {Readonly<Record<string, string>>} */
const MARKS = {
  underline: "an underline", circle: "a circle", box: "a box", rule: "a printed line", strike: "a stroke through it", speck: "a speck",
};
/** @type {Readonly<Record<string, string>>} */
const ZEICHEN = {
  underline: "eine Unterstreichung", circle: "ein Kreis", box: "ein Kasten", rule: "eine gedruckte Linie",
  strike: "ein Strich hindurch", speck: "ein Fleck",
};

const english = {
  lang: "en",
  title: "Digitpad: handwritten numbers, read as you draw",

  // The pad
  draw: { number: "Draw a number", digit: "Draw a digit", decimal: "Draw a number" },
  pad: "drawing pad",
  help: { number: "One digit or many, any size.", digit: "One digit, any size.", decimal: "With a minus or a point, any size." },
  point: ".",
  /** What goes into each box, a letter each. @type {Readonly<Record<string, string>>} */
  hints: { date: "DDMMYYYY", time: "HHMM" },
  /** What is said of a shape of shape.js. @param {string} shape */
  printed: (shape) => shape === "DpD" ? "Decimals go after the printed point."
    : shape.includes("D") ? "The point is printed: write on both sides of it."
    : `One digit in each box${/[^d ]/.test(shape) ? "; what stands between is printed" : ""}.`,
  keys: "Arrow keys move the pen, Space puts it down and lifts it. Home, End, Page Up and Page Down move it aslant. " +
    "Control or Command with Z undoes, with Y redoes. Delete clears.",
  undo: "Undo",
  redo: "Redo",
  clear: "Clear",
  finger: "Finger draws",
  fingerHelp: "A pen was seen, so touches are taken for the palm",
  penDown: "Pen down.",
  penUp: "Pen up.",
  /** @param {number} column @param {number} row */
  at: (column, row) => `Column ${column}, row ${row}.`,

  // The answer
  answer: "Answer",
  /** @param {string} name  of the field */
  answerOf: (name) => `Answer: ${name}`,
  blank: "Nothing to read yet.",
  invitation: "The answer appears while you draw.",
  unread: "Not read yet.",
  hopeless: "No digit can be made out.",
  noDigit: "No digit found.",
  noDigitHelp: "Try a picture with less around the digits.",
  cleared: "The pad is empty.",
  erasedInk: "Erased.",
  given: "Filled in.",
  seen: "What the network sees, 28 × 28",
  seenPicture: "The drawing as the network sees it",
  chooseRow: "Choose a digit for the bars",
  boxes: "Where the digits are",
  yourPicture: "Your picture",
  readingPicture: "Reading the picture…",
  /** @param {number} p */
  finePercent: (p) => fine(p, "en"),
  /** @param {string} text @param {number} p */
  sure: (text, p) => `${text.length > LONG ? "" : `${capital(named(text, EN))}, `}${whole(p, "under")}% sure.`,
  /** @param {readonly Alternative[]} options */
  unsure: (options) => `${capital(options.map((o) => option(o, EN, `${whole(o.confidence, "under")}%`)).join(" or "))}?`,
  /** @param {string} reason  as the service says it */
  reason: (reason) => (THERE[/^there (?:is|may be) (.+)$/.exec(reason)?.[1] ?? ""] ? `Digits only: ${reason}.` : `${capital(reason)}.`),
  /** What stands there and was read past. @param {readonly {kind: string}[]} marks */
  leftOut: (marks) => `Not part of it: ${listed(marks, MARKS, "and")}.`,
  /** Labels of signs and marks. @type {Readonly<Record<string, string>>} */
  beside: {
    ...EN, other: "no digit", struck: "struck out", underline: "underline", circle: "circle", box: "box", rule: "line",
    strike: "stroke", speck: "",
  },
  /** The name of a button. @param {string} digit @param {number} p @param {number} place @param {number} count */
  choose: (digit, p, place, count) => `${capital(named(digit, EN))}, ${whole(p, "under")}% sure, digit ${place} of ${count}`,
  /** @param {string} digit @param {number} place @param {number} count */
  chooseSaid: (digit, place, count) => `${digit ? capital(named(digit, EN)) : "No digit"}, as you say, digit ${place} of ${count}`,
  /** The name of the bars. @param {number} place @param {number} count */
  bars: (place, count) => count > 1 ? `How likely each digit is at place ${place} of ${count}` : "How likely each digit is",
  /** @param {string} text @param {number} p @param {Alternative|undefined} other */
  saySure: (text, p, other) =>
    `${capital(said(text, EN))}, ${whole(p, "under")} percent sure.${other ? ` Or ${said(other.text, EN)}.` : ""}`,
  /** @param {readonly Alternative[]} options @param {string} reason */
  sayUnsure: (options, reason) =>
    `Unsure: ${options.map((o) => `${said(o.text, EN)}, ${whole(o.confidence, "under")} percent`).join(", or ")}. ${reason}`,

  // The connection
  offline: "Cannot reach the server. Trying again…",
  failing: "The server has a problem. Trying again…",
  busy: "The server is busy. Trying again…",
  slow: "The server is slow. Still reading…",
  refused: "This drawing cannot be read.",
  unreadable: {
    heic: "This browser cannot open HEIC, as iPhones take it. Save the picture as JPEG, or take a screenshot of it.",
    tiff: "This browser cannot open TIFF. Save the picture as PNG or JPEG.",
    pdf: "A PDF is a document, not a picture. Take a screenshot of it.",
    other: "This is not a picture that can be read. PNG, JPEG, WebP and GIF are.",
  },

  // The form
  missing: "Please draw a number.",
  misfit: "This is not what the form expects.",
  reading: "Still reading. Please wait a moment.",
  /** @param {string} text */
  confirm: (text) => `Is it ${text}? Please correct it or confirm it.`,
  sayIt: "No digit can be made out. Please draw again, or say what it is.",

  // Corrections
  copy: "Copy the number",
  copied: "Copied.",
  notCopied: "This browser does not let it be copied.",
  correct: "Wrong?",
  right: "That’s right",
  whatIsIt: "What is it?",
  /** The names of what was read, as buttons. @param {string} text */
  correctIt: (text) => `${text}, correct it`,
  /** @param {string} text */
  take: (text) => `It is ${text}`,
  takeBack: "Take back",
  /** @param {number} place @param {number} count */
  whichDigit: (place, count) => count > 1 ? `What is digit ${place} of ${count}?` : "What is it?",
  /** @param {readonly string[]} digits  "" is no digit */
  whichTogether: (digits) => `What are ${digits.map((digit) => digit || "the mark").join(" and ")} together?`,
  two: "Two digits",
  whichFirst: "Two digits. What is the first?",
  /** @param {string} first */
  whichSecond: (first) => `${first}, and the second?`,
  /** @param {string} digit  beside the one that is asked about; "" is no digit */
  withDigit: (digit) => `With the ${digit || "mark"}`,
  /** @param {string} digit */
  withBefore: (digit) => `With the ${digit || "mark"} before it, one digit`,
  /** @param {string} digit */
  withAfter: (digit) => `With the ${digit || "mark"} after it, one digit`,
  kept: "So that Digitpad knows your hand, it keeps this drawing and what you say it is, and a cookie that tells it is yours. " +
    "You can delete all of it under “My digits”.",
  notADigit: "Not a digit",
  notADigitShort: "No digit",
  cancel: "Cancel",
  said: {
    /** @param {string} text */
    all: (text) => text.length > LONG ? "As you say." : text ? `${capital(named(text, EN))}, as you say.` : "Not a digit, as you say.",
    /** @param {string} text */
    part: (text) => text.length > LONG || !text ? "With your correction." : `${capital(named(text, EN))}, with your correction.`,
  },
  doubt: "Is the rest right?",
  learned: "Learned from your drawing.",
  waiting: "Kept here until the server can be reached.",
  notKept: "The server did not keep it.",
  only: "Taken for this drawing.",
  takenBack: "Taken back.",

  // My digits
  /** @param {string|null} label */
  label: (label) => label === null ? "Not a digit" : capital(named(label, EN)),
  /** @param {string|null} label @param {string} when */
  remove: (label, when) => `Delete the ${label === null ? "drawing that is no digit" : named(label, EN)} of ${when}`,
  delete: "Delete",
  /** @param {number} count */
  remembered: (count) => count === 1 ? "One drawing is remembered." : `${count} drawings are remembered.`,
  none: "Nothing is remembered. Correct an answer, and the drawing appears here.",
  /** @param {number} count */
  queued: (count) => `${count} more ${count === 1 ? "waits" : "wait"} in this browser until the server can be reached.`,
  /** @param {number} count */
  erased: (count) => count === 1 ? "One drawing was erased." : `${count} drawings were erased.`,
  unreachable: "Cannot reach the server. Please try again later.",

  // The developer view
  /** @param {number} ms @param {number} requests */
  latency: (ms, requests) => `pen-up to answer: ${Math.round(ms)} ms · requests: ${requests}`,
  visit: "Read on this visit",
  columns: ["Text", "Status", "Confidence", "Reason", "Time"],
  /** @param {string} kind */
  saveAs: (kind) => `Drawing as ${kind}`,
};

/** @type {Words} */
const german = {
  lang: "de",
  title: "Digitpad: handgeschriebene Zahlen, beim Schreiben gelesen",

  draw: { number: "Schreib eine Zahl", digit: "Schreib eine Ziffer", decimal: "Schreib eine Zahl" },
  pad: "Schreibfläche",
  help: {
    number: "Eine Ziffer oder mehrere, beliebig groß.", digit: "Eine Ziffer, beliebig groß.", decimal: "Mit Minus oder Punkt, beliebig groß.",
  },
  point: ",",
  hints: { date: "TTMMJJJJ", time: "SSMM" },
  printed: (shape) => shape === "DpD" ? "Nachkommastellen kommen hinter das gedruckte Komma."
    : shape.includes("D") ? "Das Komma ist gedruckt: schreib links und rechts davon."
    : `In jedes Kästchen eine Ziffer${/[^d ]/.test(shape) ? "; was dazwischen steht, ist gedruckt" : ""}.`,
  keys: "Die Pfeiltasten bewegen den Stift, die Leertaste setzt ihn auf und hebt ihn ab. Pos 1, Ende, Bild auf und Bild ab " +
    "bewegen ihn schräg. Strg oder Cmd mit Z macht rückgängig, mit Y wiederholt. Entf löscht alles.",
  undo: "Rückgängig",
  redo: "Wiederholen",
  clear: "Leeren",
  finger: "Finger schreibt",
  fingerHelp: "Ein Stift wurde erkannt, darum gelten Berührungen als Handballen",
  penDown: "Stift aufgesetzt.",
  penUp: "Stift abgehoben.",
  at: (column, row) => `Spalte ${column}, Zeile ${row}.`,

  answer: "Antwort",
  answerOf: (name) => `Antwort: ${name}`,
  blank: "Noch nichts zu lesen.",
  invitation: "Die Antwort erscheint beim Schreiben.",
  unread: "Noch nicht gelesen.",
  hopeless: "Keine Ziffer zu erkennen.",
  noDigit: "Keine Ziffer gefunden.",
  noDigitHelp: "Versuch ein Bild mit weniger um die Ziffern herum.",
  cleared: "Die Fläche ist leer.",
  erasedInk: "Gelöscht.",
  given: "Eingetragen.",
  seen: "Was das Netz sieht, 28 × 28",
  seenPicture: "Die Zeichnung, wie das Netz sie sieht",
  chooseRow: "Wähle eine Ziffer für die Balken",
  boxes: "Wo die Ziffern stehen",
  yourPicture: "Dein Bild",
  readingPicture: "Das Bild wird gelesen …",
  finePercent: (p) => fine(p, "de"),
  sure: (text, p) => `${text.length > LONG ? "Zu" : `${capital(named(text, DE))}, zu`} ${whole(p, "unter")} % sicher.`,
  unsure: (options) => `${capital(options.map((o) => option(o, DE, `${whole(o.confidence, "unter")} %`)).join(" oder "))}?`,
  reason: (reason) => {
    const [, could] = /^it could also be (.+)$/.exec(reason) ?? [];
    if (could) return `Es könnte auch ${could} sein.`;
    const [, decimal, may, what] = /^(it is no decimal number: )?there (is|may be) (.+)$/.exec(reason) ?? [];
    if (what in THERE) return `${decimal ? "Das ist keine Dezimalzahl" : "Nur Ziffern"}: da steht ${may === "is" ? "" : "vielleicht "}${THERE[what]}.`;
    if (reason === "something is struck out") return "Etwas ist durchgestrichen.";
    if (reason === "there may be more than one line") return "Vielleicht sind das mehrere Zeilen.";
    if (reason === "something may be written over") return "Vielleicht ist etwas überschrieben.";
    if (reason === "a digit may be raised or lowered") return "Vielleicht ist eine Ziffer hoch- oder tiefgestellt.";
    if (reason === "something may be struck out") return "Vielleicht ist etwas durchgestrichen.";
    if (reason.startsWith("it looks like more")) return "Das sind wohl mehr als 20 Ziffern.";
    const [, seen, wanted] = /^it looks like (.+?)(?:; |, )(.+)$/.exec(reason) ?? [];
    if (seen) return `Das sieht nach ${inGerman(seen)} aus; ${inGerman(wanted)}.`;
    if (reason.endsWith("a dot")) return "Das ist nur ein Punkt.";
    if (reason.endsWith("a digit")) return "Das sieht nicht nach einer Ziffer aus.";
    if (reason.endsWith("a number")) return "Das sieht nicht nach einer Zahl aus.";
    return `${capital(reason)}.`;
  },
  leftOut: (marks) => `Gehört nicht dazu: ${listed(marks, ZEICHEN, "und")}.`,
  beside: {
    ...DE, other: "keine Ziffer", struck: "gestrichen", underline: "Unterstreichung", circle: "Kreis", box: "Kasten",
    rule: "Linie", strike: "Strich", speck: "",
  },
  choose: (digit, p, place, count) => `${capital(named(digit, DE))}, zu ${whole(p, "unter")} % sicher, Ziffer ${place} von ${count}`,
  chooseSaid: (digit, place, count) => `${digit ? capital(named(digit, DE)) : "Keine Ziffer"}, wie du sagst, Ziffer ${place} von ${count}`,
  bars: (place, count) => count > 1 ? `Wie wahrscheinlich jede Ziffer an Stelle ${place} von ${count} ist` : "Wie wahrscheinlich jede Ziffer ist",
  saySure: (text, p, other) =>
    `${capital(said(text, DE))}, zu ${whole(p, "unter")} Prozent sicher.${other ? ` Oder ${said(other.text, DE)}.` : ""}`,
  sayUnsure: (options, reason) =>
    `Unsicher: ${options.map((o) => `${said(o.text, DE)}, ${whole(o.confidence, "unter")} Prozent`).join(", oder ")}. ${reason}`,

  offline: "Der Server ist nicht erreichbar. Neuer Versuch …",
  failing: "Der Server hat ein Problem. Neuer Versuch …",
  busy: "Der Server ist ausgelastet. Neuer Versuch …",
  slow: "Der Server ist langsam. Er liest noch …",
  refused: "Diese Zeichnung kann nicht gelesen werden.",
  unreadable: {
    heic: "Dieser Browser kann HEIC, wie iPhones es aufnehmen, nicht öffnen. Speichere das Bild als JPEG, oder mach ein Bildschirmfoto davon.",
    tiff: "Dieser Browser kann TIFF nicht öffnen. Speichere das Bild als PNG oder JPEG.",
    pdf: "Ein PDF ist ein Dokument, kein Bild. Mach ein Bildschirmfoto davon.",
    other: "Das ist kein lesbares Bild. Lesbar sind PNG, JPEG, WebP und GIF.",
  },

  missing: "Bitte schreib eine Zahl.",
  misfit: "Das ist nicht, was das Formular erwartet.",
  reading: "Wird noch gelesen. Bitte einen Moment.",
  confirm: (text) => `Ist es ${text}? Bitte korrigieren oder bestätigen.`,
  sayIt: "Keine Ziffer zu erkennen. Bitte schreib sie noch einmal, oder sag, was es ist.",

  copy: "Zahl kopieren",
  copied: "Kopiert.",
  notCopied: "Dieser Browser lässt nicht kopieren.",
  correct: "Falsch?",
  right: "Stimmt",
  whatIsIt: "Was ist es?",
  correctIt: (text) => `${text}, korrigieren`,
  take: (text) => `Es ist ${text}`,
  takeBack: "Doch nicht",
  whichDigit: (place, count) => count > 1 ? `Was ist Ziffer ${place} von ${count}?` : "Was ist es?",
  whichTogether: (digits) => `Was sind ${digits.map((digit) => digit || "das Zeichen").join(" und ")} zusammen?`,
  two: "Zwei Ziffern",
  whichFirst: "Zwei Ziffern. Was ist die erste?",
  whichSecond: (first) => `${first}, und die zweite?`,
  withDigit: (digit) => digit ? `Mit der ${digit}` : "Mit dem Zeichen",
  withBefore: (digit) => `${digit ? `Mit der ${digit}` : "Mit dem Zeichen"} davor eine Ziffer`,
  withAfter: (digit) => `${digit ? `Mit der ${digit}` : "Mit dem Zeichen"} danach eine Ziffer`,
  kept: "Damit Digitpad deine Handschrift kennt, behält es diese Zeichnung, was sie nach deinen Worten ist, und ein Cookie, das sie " +
    "dir zuordnet. Unter „Meine Ziffern“ kannst du alles löschen.",
  notADigit: "Keine Ziffer",
  notADigitShort: "Keine Ziffer",
  cancel: "Abbrechen",
  said: {
    all: (text) => text.length > LONG ? "Wie du sagst." : text ? `${capital(named(text, DE))}, wie du sagst.` : "Keine Ziffer, wie du sagst.",
    part: (text) => text.length > LONG || !text ? "Mit deiner Korrektur." : `${capital(named(text, DE))}, mit deiner Korrektur.`,
  },
  doubt: "Stimmt der Rest?",
  learned: "Aus deiner Zeichnung gelernt.",
  waiting: "Bleibt hier, bis der Server erreichbar ist.",
  notKept: "Der Server hat es nicht behalten.",
  only: "Gilt für diese Zeichnung.",
  takenBack: "Zurückgenommen.",

  label: (label) => label === null ? "Keine Ziffer" : capital(named(label, DE)),
  remove: (label, when) => `${label === null ? "Die Zeichnung, die keine Ziffer ist," : `Die ${capital(named(label, DE))}`} vom ${when} löschen`,
  delete: "Löschen",
  remembered: (count) => count === 1 ? "Eine Zeichnung ist gemerkt." : `${count} Zeichnungen sind gemerkt.`,
  none: "Nichts ist gemerkt. Korrigiere eine Antwort, dann erscheint die Zeichnung hier.",
  queued: (count) => `${count} weitere ${count === 1 ? "wartet" : "warten"} in diesem Browser, bis der Server erreichbar ist.`,
  erased: (count) => count === 1 ? "Eine Zeichnung wurde gelöscht." : `${count} Zeichnungen wurden gelöscht.`,
  unreachable: "Der Server ist nicht erreichbar. Bitte versuch es später.",

  latency: (ms, requests) => `Stift hoch bis Antwort: ${Math.round(ms)} ms · Anfragen: ${requests}`,
  visit: "Bei diesem Besuch gelesen",
  columns: ["Text", "Status", "Sicherheit", "Grund", "Zeit"],
  saveAs: (kind) => `Zeichnung als ${kind}`,
};

/** The words for an element: its nearest `lang`, else the browser's language. @param {Element} element */
export function wordsFor(element) {
  const lang = /** @type {HTMLElement|null} */ (element.closest("[lang]"))?.lang || navigator.language;
  return lang.toLowerCase().startsWith("de") ? german : english;
}
