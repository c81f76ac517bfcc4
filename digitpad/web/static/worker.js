// @ts-check
/// <reference lib="webworker" />
/**
 * The page with the pad, without a network. It keeps that page's text and the files that it names; their addresses say which
 * ones they are, so none is ever out of date. The page itself comes from the network while that answers. Other pages and the
 * service's answers are none of its business.
 */
/** @typedef {{version: string, files: readonly string[]}} Kept  the addresses of the page's files; another version where any is another */
const worker = /** @type {ServiceWorkerGlobalScope & {KEPT: Kept}} */ (/** @type {unknown} */ (globalThis));

const PATIENCE = 2000;  // ms that the network has to bring the page
const CACHE = `digitpad ${worker.registration.scope}`;
const PAGE = worker.registration.scope;

worker.addEventListener("install", (event) => event.waitUntil(keep()));
worker.addEventListener("activate", (event) => event.waitUntil(forget()));
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET") return;
  if (request.mode === "navigate" && url.origin + url.pathname === PAGE) event.respondWith(open(request));
  else if (worker.KEPT.files.includes(url.pathname)) event.respondWith(find(request));
});

/** Keeps everything or, where a file is not the one that was asked for, nothing: it tries again at the next visit. */
async function keep() {
  const cache = await caches.open(`${CACHE} ${worker.KEPT.version}`);
  const answers = await Promise.all([PAGE, ...worker.KEPT.files].map((address) => fetch(address)));
  const whole = answers.every(({ ok, headers }, i) => ok && (i === 0 || headers.get("Cache-Control")?.includes("immutable")));
  if (!whole) throw new Error("the site is being updated");
  await Promise.all(answers.map((answer) => cache.put(answer.url, answer)));
  await worker.skipWaiting();
}

/** What other versions kept goes; pages of theirs that are open have loaded it. */
async function forget() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(`${CACHE} `) && name !== `${CACHE} ${worker.KEPT.version}`);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** The page from the network, or as it was kept. @param {Request} request */
async function open(request) {
  const kept = await caches.match(PAGE);
  if (!kept) return fetch(request);
  const late = new Promise((done) => setTimeout(done, PATIENCE));
  const fresh = fetch(request).then((answer) => answer.status < 500 ? answer : null, () => null);
  return /** @type {Response} */ (await Promise.race([fresh, late]) ?? kept);
}

/** @param {Request} request */
async function find(request) {
  return await caches.match(request.url) ?? fetch(request);
}
