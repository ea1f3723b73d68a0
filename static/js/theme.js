// Runs before the first paint: marks that scripts work and applies the theme the reader chose.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else if (matchMedia("(prefers-color-scheme: dark)").matches) root.dataset.theme = "dark";
  } catch {
    // Storage may be forbidden; the system's choice holds then.
  }
})();
