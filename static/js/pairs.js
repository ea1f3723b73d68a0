// Answers to doubtful pairs from the keyboard: Y and N answer the pair that has the focus, J and K go on and back.
(() => {
  "use strict";
  const pairs = [...document.querySelectorAll("[data-pair]")];
  const button = (pair, answer) => pair.querySelector(`button[value="${answer}"]`);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
    // By its place on the keyboard, so that a Cyrillic layout answers, too.
    const at = Math.max(0, pairs.findIndex((pair) => pair.contains(document.activeElement)));
    const pair = pairs[at];
    if (!pair) return;
    if (event.code === "KeyY") button(pair, "yes").click();
    else if (event.code === "KeyN") button(pair, "no").click();
    else if (event.code === "KeyJ") button(pairs[Math.min(at + 1, pairs.length - 1)], "yes").focus();
    else if (event.code === "KeyK") button(pairs[Math.max(at - 1, 0)], "yes").focus();
    else return;
    event.preventDefault();
  });
})();
