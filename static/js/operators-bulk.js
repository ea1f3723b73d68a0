// The operators' lists: a button that ticks a whole page, and rows that are moved by buttons, keys or by dragging.
(() => {
  "use strict";

  for (const button of document.querySelectorAll("[data-ticks]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const boxes = [...button.form.querySelectorAll(`input[name="${button.dataset.ticks}"]`)];
      const tick = boxes.some((box) => !box.checked);
      for (const box of boxes) box.checked = tick;
    });
  }

  const number = (table) => {
    table.querySelectorAll("tr[data-row]").forEach((row, at) => {
      row.querySelector("[data-position]").value = (at + 1) * 10;
    });
  };

  for (const table of document.querySelectorAll("[data-sorted]")) {
    let held = null;
    for (const row of table.querySelectorAll("tr[data-row]")) {
      const move = (step) => {
        const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
        if (!other || !other.matches("tr[data-row]")) return;
        if (step < 0) other.before(row);
        else other.after(row);
        number(table);
      };
      for (const button of row.querySelectorAll("[data-moves]")) {
        button.hidden = false;
        button.addEventListener("click", () => {
          move(Number(button.dataset.moves));
          button.focus();
        });
      }
      row.draggable = true;
      row.addEventListener("dragstart", (event) => {
        if (event.target !== row) return;
        held = row;
        event.dataTransfer.effectAllowed = "move";
      });
      row.addEventListener("dragover", (event) => {
        if (!held || held === row) return;
        event.preventDefault();
        const box = row.getBoundingClientRect();
        if (event.clientY < box.top + box.height / 2) row.before(held);
        else row.after(held);
      });
      row.addEventListener("dragend", () => {
        held = null;
        number(table);
      });
    }
  }
})();
