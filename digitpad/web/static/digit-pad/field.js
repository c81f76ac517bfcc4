// @ts-check

/** What a field's own module may do with it. @type {(field: Field) => ElementInternals} */
export let internalsOf;

/** A field of a form as any other: what all fields have. */
export class Field extends HTMLElement {
  static formAssociated = true;
  #internals = this.attachInternals();

  static {
    internalsOf = (field) => field.#internals;
  }

  /** All that a person did there. */
  get state() {
    return "";
  }

  set state(_) {}

  formResetCallback() {
    this.state = "";
  }

  /** @param {string} state */
  formStateRestoreCallback(state) {
    this.state = state;
  }

  get name() {
    return this.getAttribute("name") ?? "";
  }

  get form() {
    return this.#internals.form;
  }

  get labels() {
    return this.#internals.labels;
  }

  get validity() {
    return this.#internals.validity;
  }

  get validationMessage() {
    return this.#internals.validationMessage;
  }

  checkValidity() {
    return this.#internals.checkValidity();
  }

  reportValidity() {
    return this.#internals.reportValidity();
  }
}
