// Loaded before the first paint, so that nobody sees the wrong theme flash by.
(() => {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    let choice = "auto";
    try {
      choice = localStorage.getItem("theme") || "auto";
    } catch {
      // Storage may be forbidden; the system's preference is then followed.
    }
    const root = document.documentElement;
    root.dataset.themeChoice = choice;
    root.dataset.bsTheme = choice === "auto" ? (dark.matches ? "dark" : "light") : choice;
    document.dispatchEvent(new CustomEvent("theme-changed"));
  };
  dark.addEventListener("change", apply);
  window.applyTheme = apply;
  apply();
})();
