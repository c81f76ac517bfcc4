// @ts-check
// A page of what is unsure: what a person says stands there is kept by the browser, and saved as a file.
{
  /**
   * @typedef {{text: string, confidence: number}} Other
   * @typedef {{id: string, predicted: string, model: string, raster?: string, ink?: object}} Digit
   * @typedef {{url?: string, path?: string, view: string, pen: number}} Shown
   * @typedef {{item: string, text: string, confidence: number, others: Other[], shown: Shown, digits: Digit[]}} Item
   * @typedef {{item: Item, figure: HTMLElement, input: HTMLInputElement}} Card
   */
  const DIGITS = /[0-9]/g;
  const ALLOWED = "[0-9.,\\-+\\/:\\(\\)=%#]*";
  const root = document.documentElement;
  root.lang = navigator.language.toLowerCase().startsWith("de") ? "de" : "en";

  /** @template {Element} T @param {string} id @param {new () => T} kind @returns {T} */
  const find = (id, kind) => {
    const found = document.getElementById(id);
    if (!(found instanceof kind)) throw new Error(`there is no ${id}`);
    return found;
  };
  /** @type {{name: string, key: string, items: Item[]}} */
  const { name, key: KEY, items } = JSON.parse(find("items", HTMLScriptElement).text);

  /** What is done: texts by item's number. @type {Record<number, string>} */
  const done = (() => {
    try {
      return JSON.parse(localStorage.getItem(KEY) ?? "{}");
    } catch {
      return {};
    }
  })();
  let unsaved = false;

  /** @param {Item} item @returns {Card} */
  function build(item) {
    const figure = document.createElement("figure");
    const input = document.createElement("input");
    Object.assign(input, { value: item.text, pattern: ALLOWED, autocomplete: "off", spellcheck: false, ariaLabel: item.item });
    const others = document.createElement("small");
    others.className = "others";
    others.textContent = [item, ...item.others.filter(({ confidence }) => confidence >= 0.01)].slice(0, 3)
      .map(({ text, confidence }) => `${text} ${Math.min(99, Math.round(100 * confidence))}%`).join(" · ");
    const file = document.createElement("small");
    file.textContent = item.item;
    figure.append(picture(item.shown), input, others, file);
    return { item, figure, input };
  }

  /** @param {Shown} shown */
  function picture({ url, path, view, pen }) {
    if (url !== undefined) return Object.assign(new Image(), { src: url, alt: "" });
    const [svg, line] = ["svg", "path"].map((kind) => document.createElementNS("http://www.w3.org/2000/svg", kind));
    svg.setAttribute("viewBox", view);
    line.setAttribute("d", path ?? "");
    line.setAttribute("stroke-width", String(pen));
    svg.append(line);
    return svg;
  }

  const cards = items.map(build);
  document.querySelector("main")?.append(...cards.map(({ figure }) => figure));

  /** @param {number} number */
  function show(number) {
    const { figure, input, item } = cards[number];
    figure.classList.toggle("done", number in done);
    input.value = done[number] ?? item.text;
  }

  function tell() {
    const count = Object.keys(done).length;
    const [english, german] = [`${count} of ${items.length}`, `${count} von ${items.length}`];
    find("done", HTMLOutputElement).textContent = root.lang === "de" ? german : english;
  }

  /** @param {number} number @param {string|null} text  null takes back */
  function keep(number, text) {
    if (text === null) delete done[number];
    else done[number] = text;
    unsaved = true;
    try {
      localStorage.setItem(KEY, JSON.stringify(done));
    } catch {
      // It holds until the page is left, which asks.
    }
    show(number);
    tell();
  }

  /** @param {number} number */
  function go(number) {
    const input = cards[number]?.input;
    input?.focus();
    input?.select();
    input?.closest("figure")?.scrollIntoView({ block: "nearest" });
  }

  /** The card above or below in the grid. @param {number} number @param {number} step */
  function beyond(number, step) {
    const { left, top } = cards[number].figure.getBoundingClientRect();
    for (let other = number + step; other in cards; other += step) {
      const box = cards[other].figure.getBoundingClientRect();
      if (box.left === left && box.top !== top) return other;
    }
    return number;
  }

  /** What else it may be, after what stands there. @param {number} number */
  function next(number) {
    const { item, input } = cards[number];
    const texts = [item.text, ...item.others.map(({ text }) => text)];
    input.value = texts[(texts.indexOf(input.value) + 1) % texts.length];
    input.select();
  }

  /** @param {number} number @param {KeyboardEvent} event @returns {boolean} whether it was for us */
  function press(number, { key }) {
    const { input } = cards[number];
    const isWhole = input.selectionEnd === input.value.length && input.selectionStart === 0;
    if (key === "Enter") {
      if (!input.reportValidity()) return true;
      keep(number, input.value);
      const left = [...cards.keys()].filter((other) => !(other in done));
      go(left.find((other) => other > number) ?? left[0] ?? number);
    } else if (key === "Escape") {
      keep(number, null);
      input.select();
    } else if (key === " ") next(number);
    else if (key === "ArrowDown") go(beyond(number, 1));
    else if (key === "ArrowUp") go(beyond(number, -1));
    else if (isWhole && key === "ArrowRight") go(number + 1);
    else if (isWhole && key === "ArrowLeft") go(number - 1);
    else return false;
    return true;
  }

  /** A line for `digitpad corrections import`: a digit has a label where the text has as many. @param {number} number */
  function lineOf(number) {
    const { item, text: read, digits } = items[number];
    const labels = done[number].match(DIGITS) ?? [];
    const says = labels.length === digits.length || (labels.length === 0 && digits.length === 1);
    const labelled = says ? digits.map((digit, place) => ({ ...digit, label: labels[place] ?? null })) : [];
    return JSON.stringify({ item, read, text: done[number], digits: labelled });
  }

  function save() {
    const lines = cards.map((_, number) => number).filter((number) => number in done).map((number) => `${lineOf(number)}\n`);
    const href = URL.createObjectURL(new Blob(lines, { type: "application/jsonl" }));
    Object.assign(document.createElement("a"), { href, download: `${name}.jsonl` }).click();
    unsaved = false;
  }

  cards.forEach(({ input }, number) => {
    input.addEventListener("keydown", (event) => {
      const isPlain = !(event.ctrlKey || event.metaKey || event.altKey || event.isComposing);
      if (isPlain && press(number, event)) event.preventDefault();
    });
    input.addEventListener("focus", () => input.select());
    show(number);
  });
  addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      save();
    }
  });
  addEventListener("beforeunload", (event) => {
    if (unsaved) event.preventDefault();
  });
  find("save", HTMLButtonElement).addEventListener("click", save);
  find("language", HTMLButtonElement).addEventListener("click", () => {
    root.lang = root.lang === "de" ? "en" : "de";
    tell();
  });
  tell();
  go([...cards.keys()].find((number) => !(number in done)) ?? 0);
}
