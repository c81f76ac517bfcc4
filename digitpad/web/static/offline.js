// @ts-check
/** Starts the service worker, so that the page opens without a network. */

/** @typedef {{createPolicy(name: string, rules: {createScriptURL: () => string}): {createScriptURL(input: string): string}}} Types */

/** Its address, in the one way that the site's policy lets a script have: this policy can name nothing else. */
function address() {
  const { href } = new URL("../worker.js", import.meta.url);
  const types = /** @type {{trustedTypes?: Types}} */ (/** @type {unknown} */ (globalThis)).trustedTypes;
  return types ? types.createPolicy("digitpad-worker", { createScriptURL: () => href }).createScriptURL("") : href;
}

export async function openOffline() {
  if (!("serviceWorker" in navigator)) return;  // on plain HTTP
  await navigator.serviceWorker.register(address(), { updateViaCache: "none" }).catch(() => null);  // it is tried at each visit
}
