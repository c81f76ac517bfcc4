// @ts-check
/** What is on the pad, kept in this tab's session until the pad is cleared: it is there again after a reload, and on the way back. */

const KEY = "digitpad.drawing";

/** @param {string} state  as the pad has it; "" is nothing */
export function keepDrawing(state) {
  try {
    if (state) sessionStorage.setItem(KEY, state);
    else sessionStorage.removeItem(KEY);
  } catch {
    // Without storage, or where there is no more room, it goes with the page.
  }
}

export function keptDrawing() {
  try {
    return sessionStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}
