// @ts-check
/** Files that are chosen, dropped or pasted on a page. */

/** @type {(files: File[]) => void} */
let take = () => {};

/** They go to whom asked for them last. @param {(files: File[]) => void} to */
export function takeFiles(to) {
  take = to;
}

/** @param {File} file */
export const isLayout = ({ name, type }) => type === "application/json" || name.endsWith(".json");

/** The first picture, or what may be one. @param {readonly File[]} files */
export function pictureOf(files) {
  return files.find(({ type }) => type.startsWith("image/")) ?? files.find((file) => !isLayout(file));
}

addEventListener("change", ({ target }) => {
  if (!(target instanceof HTMLInputElement) || !target.files?.length) return;
  const files = [...target.files];
  target.value = "";  // so that the same picture can be chosen again
  take(files);
});
addEventListener("paste", (event) => given(event.clipboardData, event));
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => given(event.dataTransfer, event));

/** @param {DataTransfer|null} data @param {Event} event */
function given(data, event) {
  if (!data?.files.length) return;
  event.preventDefault();
  take([...data.files]);
}
