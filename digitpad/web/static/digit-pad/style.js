// @ts-check

const CSS = `
/* Squared school paper and royal blue ink; the answer set in type. At night the same sheet under a lamp turned low. */
:host {
  --paper: var(--digit-pad-paper, light-dark(#fdfdfa, #141925));
  --grid: var(--digit-pad-grid, light-dark(#d9e3f1, #26304a));
  --ink: var(--digit-pad-ink, light-dark(#1d3fc4, #9db8ff));
  --text: var(--digit-pad-text, light-dark(#161a26, #eef1f7));
  --muted: var(--digit-pad-muted, light-dark(#565e70, #9ea8bb));
  --rule: var(--digit-pad-rule, light-dark(#c5cbd6, #323b4f));
  --edge: var(--digit-pad-edge, light-dark(#7e8aa3, #66728c));
  --odd: var(--digit-pad-odd, light-dark(#b3261e, #ffb4a9));  /* what is no digit: a teacher's red */
  --serif: var(--digit-pad-serif, "Iowan Old Style", "Palatino Linotype", Palatino, "URW Palladio L", P052, "Noto Serif", "Liberation Serif", serif);
  --sans: var(--digit-pad-sans, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif);
  --height: var(--digit-pad-height, 16rem);
  container-type: inline-size;
  contain-intrinsic-inline-size: 20rem;  /* where what is around it asks how wide it would be */
  display: grid;  /* its content is as high as CSS says, or as it is */
  grid-template-columns: minmax(0, 1fr);
  font: 1rem/1.45 var(--sans);
  color: var(--text);
}

:host([hidden]), [hidden] { display: none; }
* { box-sizing: border-box; margin: 0; }
:focus-visible { outline: 3px solid var(--ink); outline-offset: 3px; }
:host(:focus-visible) { outline: none; }  /* the part that has the focus shows it */

.root {
  --numeral: 3.5rem;
  --gap: 0.75rem;
  --seen: 2.75rem;
  display: grid;
  grid-template: "sheet" minmax(0, 1fr) "answer" auto / minmax(0, 1fr);
  gap: 1rem;
  min-height: 0;
  direction: ltr;  /* numbers and all its words run so, whatever the page around does */
  text-align: start;
}

.root[inert] { opacity: 0.55; }

/* The sheet: as wide as there is room, as high as is asked for, or as what is around it leaves */

.sheet { grid-area: sheet; display: flex; flex-direction: column; min-height: 0; }
.paper { position: relative; container-type: size; flex: 1 1 var(--tall, var(--height)); min-height: 3.5rem; }

#pad {
  --square: max(1.125rem, 100cqh / 14);
  position: absolute;
  inset: 0;
  color: var(--ink);
  accent-color: var(--odd);  /* the other ink: a canvas knows no custom properties */
  background:
    linear-gradient(var(--grid) 1px, transparent 1px) round border-box,
    linear-gradient(90deg, var(--grid) 1px, transparent 1px) round border-box,
    var(--paper);
  background-size: var(--square) var(--square);  /* rounded, so that there are whole ones */
  border: 1px solid var(--edge);
  border-radius: 3px;
  overflow: hidden;
  cursor: crosshair;
  touch-action: none;
  user-select: none;
  -webkit-user-select: none;
  -webkit-touch-callout: none;
  -webkit-tap-highlight-color: transparent;
}

#pad.by-pointer { outline: none; }
#pad canvas, .picture { position: absolute; inset: 0; width: 100%; height: 100%; pointer-events: none; }
.picture { object-fit: contain; background: var(--paper); }

/* What is printed for whoever writes */

.print, .print span { position: absolute; }
.print { inset: 0; pointer-events: none; }
.print span { display: grid; place-content: end center; line-height: 0.75; color: var(--text); }
.print .cell { border: 1px solid var(--edge); background: var(--paper); }
.print .line { border-bottom: 1px solid var(--edge); }
.print .cell { place-content: center; }
.print .cell::before { content: attr(data-hint); font: italic 0.4em/1 var(--serif); color: var(--muted); }
.inked .print .cell::before { content: none; }
#pad:has(.print > *) ~ .invitation { visibility: hidden; }
#pad:has(.cell) .boxes div:not(.doubtful, .asked) { border-color: transparent; }  /* one box is enough */

.cursor {
  position: absolute;
  inset: -0.6rem auto auto -0.6rem;
  width: 1.2rem;
  height: 1.2rem;
  border: 2px solid var(--text);
  border-radius: 50%;
  box-shadow: 0 0 0 2px var(--paper);
  pointer-events: none;
}

.cursor.down { background: var(--ink); }
.corner { position: absolute; pointer-events: none; }
.boxes, .beside { position: absolute; inset: 0; pointer-events: none; }

:is(.boxes, .beside) div {
  position: absolute;
  top: var(--y);
  border: 1px solid var(--edge);
  border-radius: 3px;
  animation: appear 150ms ease-out;
}

.boxes div { pointer-events: auto; }  /* a tap corrects; what moves draws */

:is(.boxes, .beside) div::before {
  content: attr(data-digit);
  position: absolute;
  top: max(-1.4rem, -1 * var(--y));  /* above the box, or at the pad's edge */
  left: 50%;
  translate: -50%;
  min-width: 1.25rem;
  padding-inline: 0.25rem;
  font: 600 0.875rem/1.25rem var(--sans);
  font-variant-numeric: lining-nums tabular-nums;
  text-align: center;
  color: var(--text);
  background: var(--paper);
  border-radius: 3px;
  cursor: pointer;
}

.beside div { --edge: var(--odd); }
.beside div::before { content: attr(data-name); color: var(--odd); white-space: nowrap; }
.beside .fits { --edge: var(--digit-pad-edge, light-dark(#7e8aa3, #66728c)); }
.beside .fits::before { color: var(--text); }
.beside .mark { border-style: dotted; }
.beside .mark::before { font-weight: 400; }
.beside [data-name=""]::before { content: none; }

.pictured .boxes div { border: 2px solid var(--ink); box-shadow: 0 0 0 1px var(--paper); }
:is(.boxes, .beside) .bare::before { content: none; }
:is(.boxes, .beside) .below::before { top: calc(100% + 0.15rem); }
.boxes .doubtful { border: 1px dashed var(--text); }
.boxes .doubtful::before { color: var(--muted); font-weight: 400; }
.boxes .asked { border: 2px solid var(--ink); background: color-mix(in srgb, var(--ink) 8%, transparent); }
@keyframes appear { from { opacity: 0; } }

.invitation {
  position: absolute;
  inset: 0;
  display: grid;
  place-content: center;
  font: italic clamp(1.5rem, var(--height) * 0.1, 2.75rem)/1 var(--serif);
  color: var(--muted);
  pointer-events: none;
}

.inked .invitation, .inked slot[name="example"] { visibility: hidden; }
slot[name="example"]::slotted(*) { position: absolute; pointer-events: none; }

/* A picture takes a moment, if a long one: then something moves at its lower edge */

.progress {
  position: absolute;
  inset: auto 1px 1px;
  height: 0.25rem;
  overflow: hidden;
  background: color-mix(in srgb, var(--ink) 20%, var(--paper));
  pointer-events: none;
  animation: appear 200ms 200ms backwards;
}

.progress::before { content: ""; display: block; width: 40%; height: 100%; background: var(--ink); animation: pass 1.2s ease-in-out infinite; }
@keyframes pass { from { translate: -100%; } to { translate: 250%; } }

#connection {
  position: absolute;
  top: 0.75rem;
  left: 50%;
  translate: -50%;
  width: max-content;
  max-width: calc(100% - 1.5rem);
  padding: 0.35rem 0.9rem;
  font-size: 0.875rem;
  color: var(--paper);
  background: var(--text);
  border-radius: 3px;
  text-align: center;
  text-wrap: balance;
  pointer-events: none;
}

#connection:empty { display: none; }

.tools {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  justify-content: end;
  gap: 0.5rem;
  padding-top: 0.5rem;
}

.tools p { display: none; flex: 1 1 9rem; font-size: 0.875rem; line-height: 1.35; color: var(--muted); }

button, ::slotted(.button) {
  box-sizing: border-box;
  min-height: 2.75rem;
  min-width: 2.75rem;
  padding: 0 0.9rem;
  font: inherit;
  color: var(--text);
  background: none;
  border: 1px solid var(--edge);
  border-radius: 3px;
  cursor: pointer;
  touch-action: manipulation;
}

.icon, ::slotted(.button) { display: grid; place-content: center; padding: 0; }
svg { display: block; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; }
button:hover, ::slotted(.button:hover) { border-color: var(--ink); color: var(--ink); }
button:active { background: var(--paper); }
button[aria-pressed="true"] { border-color: var(--ink); color: var(--ink); }
button[aria-disabled="true"] { color: var(--muted); border-color: var(--rule); cursor: default; }

/* The answer */

#answer {
  grid-area: answer;
  display: grid;
  grid-template-columns: minmax(0, 1fr);
  grid-template-areas: "figures" "says" "seen" "bars";
  align-content: start;
  gap: var(--gap);
}

.figures {
  grid-area: figures;
  position: relative;
  container-type: inline-size;
  display: flex;
  align-items: end;
  height: calc(var(--numeral) * 0.74);
  border-bottom: 1px solid var(--rule);
}

.numeral {
  position: relative;
  min-width: 0;
  min-height: 0;
  padding: 0;
  border: 0;
  font: 400 min(var(--most, var(--numeral)), (100cqi - 3.25rem) / var(--length, 1) / 0.65)/0.74 var(--serif);
  font-variant-numeric: lining-nums tabular-nums;
  text-box: trim-both cap alphabetic;
}

.numeral:active { background: none; }
.numeral:disabled { color: var(--text); cursor: default; }
.numeral::before { content: ""; position: absolute; inset: -0.75rem -0.25rem 0; }  /* room for a finger */
.numeral + .numeral::before { inset: 0 -0.25rem -0.75rem; }

#copy { position: absolute; inset: auto 0 0.25rem auto; border-color: transparent; color: var(--muted); }
#copy[hidden] { display: none; }
#copy:hover { border-color: var(--edge); color: var(--ink); }

/* Below each other, so that the eye finds where two numbers differ. */
.stacked { --most: calc(var(--numeral) * 0.37); flex-direction: column; justify-content: space-between; align-items: start; }

/* Smaller and apart, or two digits would look like a number. */
.figures:not(.stacked) .numeral + .numeral { --most: calc(var(--numeral) * 0.5); }
.figures:not(.stacked) .numeral + .numeral:not(:empty) { margin-inline-start: calc(var(--numeral) * 0.25); }
.numeral + .numeral:not(:hover), [data-stale] .numeral { color: var(--muted); }

.says { grid-area: says; display: flex; gap: 0.75rem; justify-content: space-between; align-items: start; min-height: 6.1rem; }
.says div { min-width: 0; overflow-wrap: anywhere; }
.sentence { font: 500 1.25rem/1.35 var(--serif); font-variant-numeric: lining-nums; }
.reason, figcaption, .kept { color: var(--muted); font-size: 0.875rem; }
.acts { flex: none; display: grid; gap: 0.5rem; }
.acts button { white-space: nowrap; }
#fix[hidden] { display: block; visibility: hidden; }
#right { border-color: var(--ink); color: var(--ink); }

#bars {
  grid-area: bars;
  display: grid;
  grid: repeat(5, 1.4rem) / auto-flow 1fr;
  gap: 0 1.5rem;
  padding: 0;
  list-style: none;
  font-size: 0.875rem;
  font-variant-numeric: lining-nums tabular-nums;
}

#bars li { display: grid; grid-template-columns: 0.75em 1fr 3.6em; align-items: center; gap: 0.6rem; color: var(--muted); }
.bar { height: 0.5rem; border-left: 1px solid var(--edge); }

.bar::before {
  content: "";
  display: block;
  height: 100%;
  background: var(--muted);
  transform: scaleX(var(--share, 0));
  transform-origin: left;
  transition: transform 120ms ease-out;
}

.number { text-align: right; }
#bars .top { color: var(--text); font-weight: 600; }
.top .bar::before { background: var(--ink); }

.seen { grid-area: seen; min-width: 0; }
.seen figcaption { padding-top: 0.125rem; font-size: 0.75rem; line-height: 1.35; }
.seen img { display: block; width: 100%; height: auto; image-rendering: pixelated; outline: 1px solid var(--edge); }
.frame { width: var(--seen); height: var(--seen); margin-bottom: 0.5rem; background: var(--paper); outline: 1px solid var(--edge); }
.frame img[hidden] { display: block; visibility: hidden; }

.row {
  --ring: 0.3125rem;  /* room for the focus ring, which scrolling would cut */
  position: relative;
  display: flex;
  gap: 0.375rem;
  align-items: end;
  height: calc(var(--seen) + 0.5rem + 2 * var(--ring));
  margin: calc(-1 * var(--ring));
  padding: var(--ring);
  overflow: auto hidden;
  scrollbar-width: thin;
}

.frame[hidden], .row[hidden] { display: none; }

.row button {
  display: flex;
  flex: 0 1 var(--seen);
  min-width: 2.75rem;
  min-height: 0;
  padding: 1px 1px 0.2rem;
  border: 0;
  border-bottom: 3px solid transparent;
  border-radius: 0;
}

.row button:focus-visible { outline-offset: 1px; }
.row button:hover { border-color: var(--rule); }
.row [aria-pressed="true"], .row [aria-pressed="true"]:hover { border-color: var(--ink); }

/* Correcting: the labels lie where the bars are */

.chooser { grid-area: bars; align-self: start; display: grid; gap: 0.5rem; }
.chooser[hidden] { display: none; }
.correcting #bars { visibility: hidden; }
.question { font: 500 1.125rem/1.35 var(--serif); }
.labels { display: grid; grid-template-columns: repeat(6, minmax(0, 1fr)); gap: 0.3125rem; max-width: 26rem; }
.labels button { padding: 0; font: 400 1.375rem/1 var(--serif); font-variant-numeric: lining-nums; background: var(--paper); }
.labels button:nth-child(6) { font: inherit; font-size: 0.8125rem; }
.labels .cancel { background: none; }
.labels [aria-disabled="true"] { color: var(--muted); }
.other { display: grid; grid-auto-columns: minmax(0, 1fr); grid-auto-flow: column; gap: 0.3125rem; max-width: 26rem; }
.other button { padding: 0 0.25rem; font-size: 0.875rem; line-height: 1.2; }

.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

/* Where the system chooses the colours, what is told by a colour's area alone must be asked for. */

@media (forced-colors: active) {
  .bar::before, .top .bar::before, .cursor.down, .numeral { forced-color-adjust: none; }
  .numeral { color: CanvasText; }
  .bar::before { background: GrayText; }
  .top .bar::before, .cursor.down, .progress::before { background: Highlight; }
  .row button { border-color: Canvas; }
  .row [aria-pressed="true"], .boxes .asked, button[aria-pressed="true"], #right { border-color: Highlight; }
  button[aria-disabled="true"] { color: GrayText; border-color: GrayText; }
}

/* On paper, the drawing and its answer */

@media print {
  :host { color-scheme: light; }
  .root { break-inside: avoid; }
  #pad canvas { filter: brightness(0); }  /* ink of a dark page would hardly be seen */
  #pad, .bar::before { print-color-adjust: exact; }
  .tools, .acts, .chooser, .invitation, #connection { display: none; }
  .correcting #bars { visibility: visible; }
}

@media (prefers-reduced-motion: reduce) {
  .bar::before { transition: none; }
  .progress::before { width: 100%; opacity: 0.6; animation: none; }
  :is(.boxes, .beside) div { animation: none; }
}
`;

/** The look of a <digit-pad>: a constructed sheet, which no content security policy forbids. */
export const style = new CSSStyleSheet();
style.replaceSync(CSS);
