// @ts-check
/**
 * @import {Expect} from "./expected.js"
 * @import {Pad} from "./pad.js"
 * @import {Picture} from "./picture.js"
 * @import {Shown} from "./said.js"
 * @import {Words} from "./words.js"
 * @typedef {"learned"|"waiting"|"notKept"|"only"|"takenBack"|"copied"|"notCopied"} Note  what became of what was asked for last
 * @typedef {object} Scene  all that the pad shows beside the ink
 * @property {Words} words
 * @property {Expect} expect
 * @property {Shown|null} shown  the answer
 * @property {"all"|"part"|null} said  how much of it a person said
 * @property {Note|null} note
 * @property {boolean} fresh  whether the answer is to what is on the pad
 * @property {boolean} cut  whether the service gives no other for now
 * @property {boolean} corrected  whether a person said what the chosen digit is
 * @property {boolean} given  whether the answer is a value that was set
 * @property {string} notice  what is wrong, or ""
 */
import { AnswerView, hopeless, likeliest, WORTH_SAYING } from "./answer.js";
import { beside, strokesOf } from "./beside.js";
import { Boxes } from "./boxes.js";
import { shapeOf } from "./shape.js";

/** Shows what the pad knows, and keeps nothing of it. */
export class Screen {
  /** @param {ParentNode} root @param {Pad} pad @param {Picture} picture */
  constructor(root, pad, picture) {
    this.root = root;
    this.pad = pad;
    this.picture = picture;
    this.boxes = new Boxes(pad.element);
    this.answer = new AnswerView(this.part("#answer"));
  }

  /** @param {string} selector @returns {HTMLElement} */
  part(selector) {
    return /** @type {HTMLElement} */ (this.root.querySelector(selector));
  }

  /** Prints on the paper what is expected. @param {Words} words @param {Expect} expect */
  print(words, expect) {
    const hints = typeof expect === "string" ? words.hints[expect] : undefined;
    this.pad.print.set(shapeOf(expect), words.point, hints ?? "");
    this.pad.redraw();
  }

  /** @param {Scene} scene */
  show(scene) {
    const { shown, words } = scene;
    const digits = shown?.digits ?? [];
    this.answer.show(shown, words, this.#instead(scene));
    this.answer.element.toggleAttribute("data-stale", scene.cut);
    const others = beside(shown, scene.expect);
    if (this.picture.blob) this.boxes.show(digits, others, words, (box) => this.picture.place(box));
    else this.boxes.show(this.answer.seen.several ? digits : [], others, words, (box) => this.pad.place(box));
    this.pad.odd = strokesOf(others, shown, this.pad.strokes);
    this.part("#connection").textContent = scene.notice;
    this.part(".progress").hidden = !(this.picture.blob && !shown) || scene.notice !== "";
    this.part("#copy").hidden = !shown || shown.text === "" || hopeless(shown);
    this.showActs(scene);
  }

  /** Shows that a picture is on its way, until there is something else to show. */
  wait() {
    this.part(".progress").hidden = false;
  }

  /** What one may do with the answer. @param {Scene} scene */
  showActs({ shown, words, fresh, cut, corrected }) {
    const [fix, right] = [this.part("#fix"), this.part("#right")];
    const lost = shown !== null && hopeless(shown);
    const asks = shown !== null && shown.digits.length > 0 && (fresh || !cut);
    fix.textContent = corrected ? words.takeBack : lost ? words.whatIsIt : words.correct;
    fix.hidden = !asks;
    right.hidden = !asks || lost || shown.status !== "unsure";
  }

  /** What is said instead of what the reading says. @param {Scene} scene */
  #instead({ shown, words, said, note, given }) {
    /** @type {{sentence?: string, reason?: string}} */ const instead = {};
    const pictured = this.picture.blob !== null;
    if (given) instead.sentence = words.given;
    else if (!shown && (pictured || this.pad.strokes.length > 0)) [instead.sentence, instead.reason] = [words.unread, ""];
    else if (shown && pictured && shown.digits.length === 0) [instead.sentence, instead.reason] = [words.noDigit, words.noDigitHelp];
    else if (shown?.status === "read" && shown.marks.length > 0) instead.reason = words.leftOut(shown.marks);
    if (shown && said) {
      instead.sentence = words.said[said](shown.text);
      if (shown.status === "unsure") instead.reason = words.doubt;
    }
    if (note) instead.reason = words[note];
    return instead;
  }
}

/** What a screen reader says of a settled answer. @param {Scene} scene */
export function spoken({ shown, words, said, note }) {
  const answer = said ? words.said[said](shown?.text ?? "") : read(shown, words);
  const left = shown?.status === "read" && shown.marks.length > 0 ? words.leftOut(shown.marks) : "";
  return [answer, left, note ? words[note] : ""].filter(Boolean).join(" ");
}

/** @param {Shown|null} shown @param {Words} words */
function read(shown, words) {
  if (!shown || shown.status === "blank") return words.blank;
  const reason = words.reason(shown.reason ?? "");
  if (hopeless(shown)) return `${words.hopeless} ${reason}`;
  if (shown.status === "unsure") return words.sayUnsure(likeliest(shown), reason);
  const [other] = shown.alternatives;
  return words.saySure(shown.text, shown.confidence, other?.confidence >= WORTH_SAYING ? other : undefined);
}
