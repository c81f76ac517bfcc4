// @ts-check
// Runs before anything is drawn, so that nothing flashes: the language and the theme that a person chose, or has.
{
  /** @param {string} name */
  const chosen = (name) => {
    try {
      return localStorage.getItem(`digitpad.${name}`);
    } catch {
      return null;
    }
  };
  const { documentElement: root } = document;
  root.lang = chosen("lang") ?? (navigator.language.toLowerCase().startsWith("de") ? "de" : "en");
  const theme = chosen("theme");
  if (theme) root.dataset.theme = theme;
}
