// @ts-check
/** From the pad to the page of forms, with what is to be read: a page hands no file to another, so that one comes into this one. */
import { name } from "./site.js";

let opening = false;

/** @param {readonly File[]} files  a picture, and perhaps a layout */
export async function openForm(files) {
  if (opening) return;
  opening = true;
  const { href } = new URL("../form", import.meta.url);
  const page = await load(href).catch(() => null);
  if (!page) return location.assign(href);  // where the browser says what is wrong
  const [style, title, main] = ["link[href$='/form.css']", "title", "main"].map((part) =>
    document.importNode(/** @type {HTMLElement} */ (page.querySelector(part)), true));
  await new Promise((done) => {
    style.onload = style.onerror = done;
    document.head.append(style);
  });
  document.querySelector("title")?.replaceWith(title);
  document.querySelector("main")?.replaceWith(main);
  document.getElementById("hand")?.remove();  // of the pad alone
  name();
  history.pushState(null, "", href);
  addEventListener("popstate", () => location.reload());
  const { take } = await import("./form.js");
  main.querySelector("h2")?.focus();
  take(files);
}

/** By XMLHttpRequest, which makes a document of a page where a policy of trusted types lets nothing else. @param {string} href @returns {Promise<Document>} */
function load(href) {
  const request = new XMLHttpRequest();
  request.open("GET", href);
  request.responseType = "document";
  return new Promise((done, fail) => {
    request.onload = () => request.status === 200 ? done(request.response) : fail(new Error(request.statusText));
    request.onerror = () => fail(new Error("it cannot be reached"));
    request.send();
  });
}
