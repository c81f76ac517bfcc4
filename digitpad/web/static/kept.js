// @ts-check
/**
 * What is on the pad, kept until the pad is cleared: in this tab's session, so that it is there again after a reload and on the
 * way back. What nobody has read yet is kept in the browser's storage too, where it outlives the tab, the browser and a dead
 * battery; an installed page, which has no tabs, keeps all of it there.
 */

const KEY = "digitpad.drawing";
const OWNED = "digitpad.owned";  // in the session: that what is in the browser's storage is of this tab
const INSTALLED = matchMedia("(display-mode: standalone)");

/** @param {string} state  as the pad has it; "" is nothing @param {boolean} [unread] */
export function keepDrawing(state, unread = false) {
  keep(() => sessionStorage, state);
  const lasting = unread || INSTALLED.matches ? state : "";
  if (lasting || kept(() => sessionStorage, OWNED)) keep(() => localStorage, lasting);
  keep(() => sessionStorage, lasting && "yes", OWNED);
}

export function keptDrawing() {
  const own = kept(() => sessionStorage);
  const left = own ? "" : kept(() => localStorage);
  if (left) keep(() => sessionStorage, "yes", OWNED);
  return own || left;
}

/** Erases it, whatever tab it is of. */
export function forgetDrawing() {
  keep(() => sessionStorage, "");
  keep(() => localStorage, "");
}

/** @param {() => Storage} storage @param {string} state @param {string} [key] */
function keep(storage, state, key = KEY) {
  try {
    if (state) storage().setItem(key, state);
    else storage().removeItem(key);
  } catch {
    // Without storage, or where there is no more room, it goes with the page.
  }
}

/** @param {() => Storage} storage @param {string} [key] */
function kept(storage, key = KEY) {
  try {
    return storage().getItem(key) ?? "";
  } catch {
    return "";
  }
}
