// Keys of the inbox: j and k go down and up, x ticks; Enter opens, as on any link. Without this file the mouse and Tab do.
(function () {
  "use strict";
  const list = document.querySelector("[data-inbox]");
  if (!list) return;
  const rows = Array.from(list.querySelectorAll("[data-inbox-row]"));
  let here = -1;

  function go(step) {
    here = Math.min(rows.length - 1, Math.max(0, here + step));
    rows[here].querySelector("a").focus();
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    if (at >= 0) here = at;
    if (event.key === "j") go(1);
    else if (event.key === "k") go(-1);
    else if (event.key === "x" && here >= 0) {
      const box = rows[here].querySelector("input[type=checkbox]");
      if (!box) return;
      box.checked = !box.checked;
    } else return;
    event.preventDefault();
  });
})();
