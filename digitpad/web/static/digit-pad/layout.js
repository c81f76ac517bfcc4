// @ts-check

const CSS = `
/* A compact field of a form: the sheet, and the answer below it */

:host(:not([model-view])) .root { gap: 0.75rem; }
:host(:not([model-view])) :is(#bars, figcaption, .frame, #answer:not(.correcting) .seen) { display: none; }
:host([model-view]) .root { --numeral: clamp(5.25rem, 22cqi, 6.5rem); }

@container (min-width: 34rem) {
  .tools p { display: block; }
  button { padding: 0 1.1rem; }
  :host(:not([model-view])) .acts { display: flex; }
  :host(:not([model-view])) .says { min-height: 3.5rem; }
}

/* The whole sheet and the answer side by side */

@container (min-width: 38rem) {
  :host([model-view]) .root {
    --numeral: clamp(3.5rem, var(--height) * 0.3, 22rem);
    --wide: clamp(17rem, min(56cqi, var(--height) * 20 / 14), 96rem);
    --tall: min(var(--height), var(--wide) * 14 / 20);
    grid-template: "sheet answer" minmax(0, 1fr) / var(--wide) minmax(0, 1fr);
    gap: clamp(1.5rem, 5cqi, 5rem);
  }

  :host([model-view][hand="left"]) .root { grid-template: "answer sheet" minmax(0, 1fr) / minmax(0, 1fr) var(--wide); }
  :host([model-view]) .sheet { align-self: start; }  /* the sheet stays as it is when there is more beside it */
  :host([model-view]) .tools { padding-top: 0.75rem; }
}

/* For the left hand: what one taps on is where that hand is not in the way */

:host([hand="left"]) .says { flex-direction: row-reverse; }
:host([hand="left"]) .tools { justify-content: start; }
:host([hand="left"]) .tools p { order: 1; text-align: end; }

@media (max-height: 30rem) and (orientation: landscape) {
  .root { --gap: 0.5rem; }
  .says { min-height: 4.15rem; }
  .acts { display: flex; }
  .sentence { font-size: 1rem; }
  .seen figcaption { position: absolute; clip-path: inset(50%); }
  .tools p { display: none; }
  .tools button, ::slotted(.button) { padding: 0 0.5rem; }

  /* On a phone that lies the sheet is all that there is, and the rest beside it. */
  @container (min-width: 30rem) {
    :host([model-view]) .root {
      --beside: clamp(14rem, 30cqi, 19rem);
      --numeral: clamp(3rem, 14cqi, 5rem);
      gap: 0.5rem 1rem;
      grid-template: "paper answer" minmax(0, 1fr) "paper tools" auto / minmax(0, 1fr) var(--beside);
    }

    :host([model-view][hand="left"]) .root {
      grid-template: "answer paper" minmax(0, 1fr) "tools paper" auto / var(--beside) minmax(0, 1fr);
    }

    :host([model-view]) .sheet { display: contents; }
    :host([model-view]) .paper { grid-area: paper; min-height: 12rem; }
    :host([model-view]) .tools { grid-area: tools; gap: 0.25rem; padding: 0; }
    :host([model-view]) #answer { margin: -0.25rem; padding: 0.25rem; overflow: auto; scrollbar-width: thin; }
    :host([model-view]) .labels { grid-template-columns: repeat(4, minmax(0, 1fr)); }
    :host([model-view]) :is(#bars, #answer.correcting > :not(.chooser)) { display: none; }
  }
}

@media (min-height: 38rem) {
  @container (min-width: 56rem) {
    :host([model-view]) .root { --seen: clamp(3.5rem, var(--height) * 0.15, 9rem); --gap: clamp(0.75rem, var(--height) * 0.03, 1.5rem); }
    :host([model-view]) #answer { grid-template-rows: auto auto auto minmax(0, 1fr); }
    :host([model-view]) #bars { grid: repeat(10, minmax(1.15rem, 1fr)) / 1fr; }
    .bar { height: clamp(0.65rem, var(--height) * 0.02, 1.25rem); }
  }
}
`;

/** Where the parts of a <digit-pad> lie, by the room that there is. */
export const layout = new CSSStyleSheet();
layout.replaceSync(CSS);
