// The category tree: opened levels stay open, rows are dragged, Alt and arrows press a row's own buttons.
// Everything is a form that also works without this file.
(() => {
  "use strict";
  const form = document.getElementById("tree-steps");
  const OPEN = "tree.open";
  const opened = () => new Set((sessionStorage.getItem(OPEN) || "").split(",").filter(Boolean));
  const keep = (set) => sessionStorage.setItem(OPEN, [...set].slice(-50).join(","));

  function rowOf(node) {
    return node instanceof Element ? node.closest("li[data-pk]") : null;
  }

  // A toggle that is open closes without asking the server.
  document.addEventListener(
    "click",
    (event) => {
      const toggle = event.target instanceof Element && event.target.closest("a.tree-toggle");
      if (!toggle) return;
      const set = opened();
      const pk = rowOf(toggle).dataset.pk;
      if (toggle.getAttribute("aria-expanded") === "true") {
        event.preventDefault();
        event.stopPropagation();
        document.getElementById(`b${pk}`).replaceChildren();
        toggle.setAttribute("aria-expanded", "false");
        set.delete(pk);
      } else {
        set.add(pk);
      }
      keep(set);
    },
    true,
  );

  document.addEventListener("htmx:afterSwap", (event) => {
    const branch = event.target;
    if (!(branch instanceof Element) || !branch.classList.contains("tree-branch")) return;
    const toggle = document.querySelector(`a.tree-toggle[aria-controls="${branch.id}"]`);
    if (toggle) toggle.setAttribute("aria-expanded", "true");
    reopen(branch);
  });

  function reopen(part) {
    const set = opened();
    for (const toggle of part.querySelectorAll('a.tree-toggle[aria-expanded="false"]')) {
      if (set.has(rowOf(toggle).dataset.pk)) toggle.click();
    }
  }

  // What was just moved is found again.
  function land() {
    const row = location.hash.startsWith("#c") && document.querySelector(`${location.hash} > .tree-row`);
    if (row) {
      row.classList.add("is-there");
      row.focus();
    }
  }

  const STEPS = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "out", ArrowRight: "in" };
  document.addEventListener("keydown", (event) => {
    const step = event.altKey && STEPS[event.key];
    const row = step && rowOf(event.target);
    const button = row && row.querySelector(`:scope > .tree-row button[value="${step}:${row.dataset.pk}"]`);
    if (button) {
      event.preventDefault();
      button.click();
    }
  });

  let dragged = null;
  const clear = () => {
    for (const each of document.querySelectorAll(".is-before, .is-after, .is-into")) {
      each.classList.remove("is-before", "is-after", "is-into");
    }
  };

  function placeOf(event, row) {
    const box = row.getBoundingClientRect();
    const part = (event.clientY - box.top) / box.height;
    if (part < 0.3) return ["left", "is-before"];
    if (part > 0.7) return ["right", "is-after"];
    return ["into", "is-into"];
  }

  document.addEventListener("dragstart", (event) => {
    if (!(event.target instanceof Element) || !event.target.classList.contains("tree-handle")) return;
    dragged = rowOf(event.target);
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.pk);
  });
  document.addEventListener("dragover", (event) => {
    const row = dragged && event.target instanceof Element && event.target.closest(".tree-row");
    if (!row || dragged.contains(row)) return;
    event.preventDefault();
    clear();
    row.classList.add(placeOf(event, row)[1]);
  });
  document.addEventListener("drop", (event) => {
    const row = dragged && event.target instanceof Element && event.target.closest(".tree-row");
    if (!row || dragged.contains(row) || !form) return;
    event.preventDefault();
    form.elements.namedItem("drop").value = `${placeOf(event, row)[0]}:${dragged.dataset.pk}:${rowOf(row).dataset.pk}`;
    form.submit();
  });
  document.addEventListener("dragend", () => {
    dragged = null;
    clear();
  });

  document.addEventListener("DOMContentLoaded", () => {
    reopen(document);
    land();
  });
})();
