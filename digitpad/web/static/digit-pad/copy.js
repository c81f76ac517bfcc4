// @ts-check

/**
 * Puts a text where it can be pasted from; on plain HTTP by way of a selection.
 * @param {string} text @param {ShadowRoot|HTMLElement} place  where a text may be selected @returns {Promise<boolean>} whether it is there
 */
export async function copy(text, place) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = place.appendChild(Object.assign(document.createElement("textarea"), { value: text, className: "unseen" }));
    const focused = /** @type {ShadowRoot|Document} */ (place.getRootNode()).activeElement;
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    /** @type {HTMLElement|null} */ (focused)?.focus({ preventScroll: true });
    return copied;
  }
}
