// @ts-check
/** What the page of forms says besides what the pad does, in each language. */

/** @typedef {typeof english} FormWords */

const english = {
  /** @param {number} count @param {number} unsure */
  fields: (count, unsure) => `${count === 1 ? "One field" : `${count} fields`}${unsure > 0 ? `, ${unsure} unsure` : ""}.`,
  tooLarge: "The picture is too large.",
  badLayout: "The layout cannot be used:",
  badForm: "The form cannot be read:",
  /** By what the service says of a form that it did not find. @type {Readonly<Record<string, string>>} */
  unfound: {
    "no boxes, combs or lines to write on were found": "No boxes, combs or lines to write on were found.",
    "the form's printed lines were not found": "The form’s printed lines were not found.",
    "the form's printed lines are found in more than one place": "The form’s printed lines are found in more than one place.",
    "a field of the form is not in the picture": "A field of the form is not in the picture.",
  },
};

/** @type {FormWords} */
const german = {
  fields: (count, unsure) => `${count === 1 ? "Ein Feld" : `${count} Felder`}${unsure > 0 ? `, ${unsure} unsicher` : ""}.`,
  tooLarge: "Das Bild ist zu groß.",
  badLayout: "Die Vorlage ist nicht zu gebrauchen:",
  badForm: "Das Formular ist nicht zu lesen:",
  unfound: {
    "no boxes, combs or lines to write on were found": "Kästen, Kämme oder Schreiblinien wurden nicht gefunden.",
    "the form's printed lines were not found": "Die gedruckten Linien des Formulars wurden nicht gefunden.",
    "the form's printed lines are found in more than one place": "Die gedruckten Linien des Formulars sind mehrmals zu sehen.",
    "a field of the form is not in the picture": "Ein Feld des Formulars ist nicht im Bild.",
  },
};

/** The words of the page's language. */
export const formWords = () => document.documentElement.lang === "de" ? german : english;
