// @ts-check
/**
 * What is on the pad, kept until the pad is cleared: in this tab's session, so that it is there again after a reload and on the
 * way back. What nobody has read yet is kept in the browser's storage too, where it outlives the tab, the browser and a dead
 * battery; an installed page, which has no tabs, keeps all of it there.
 */

const KEY = "digitpad.drawing";
const INSTALLED = matchMedia("(display-mode: standalone)");

let mine = false;  // whether what is in the browser's storage is of this page, not of another tab's

/** @param {string} state  as the pad has it; "" is nothing @param {boolean} [unread] */
export function keepDrawing(state, unread = false) {
  keep(() => sessionStorage, state);
  const lasting = unread || INSTALLED.matches ? state : "";
  if (lasting || mine) keep(() => localStorage, lasting);
  mine = lasting !== "";
}

export function keptDrawing() {
  const own = kept(() => sessionStorage);
  const left = own ? "" : kept(() => localStorage);
  mine ||= left !== "";
  return own || left;
}

/** Erases it, whatever tab it is of. */
export function forgetDrawing() {
  keep(() => sessionStorage, "");
  keep(() => localStorage, "");
}

/** @param {() => Storage} storage @param {string} state */
function keep(storage, state) {
  try {
    if (state) storage().setItem(KEY, state);
    else storage().removeItem(KEY);
  } catch {
    // Without storage, or where there is no more room, it goes with the page.
  }
}

/** @param {() => Storage} storage */
function kept(storage) {
  try {
    return storage().getItem(KEY) ?? "";
  } catch {
    return "";
  }
}
