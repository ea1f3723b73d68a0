// Requests: a list dropped into its field, vendors shown when chosen, a bid's total while it is typed.
(() => {
  "use strict";
  const form = document.querySelector("[data-list-form]");
  if (form) {
    const text = form.querySelector("textarea");
    const file = form.querySelector('input[type="file"]');
    text?.addEventListener("dragover", (event) => {
      if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
    });
    text?.addEventListener("drop", (event) => {
      if (!event.dataTransfer?.files.length || !file) return;
      event.preventDefault();
      file.files = event.dataTransfer.files;
      file.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  const audience = document.querySelector("[data-audience]");
  const chosen = audience?.querySelector("[data-chosen]");
  audience?.addEventListener("change", (event) => {
    if (event.target.name === "audience" && chosen) chosen.open = event.target.value === "chosen";
  });

  const bid = document.querySelector("[data-bid-form]");
  if (!bid) return;
  const number = (value) => {
    const figures = value.replace(/[\s\u00a0\u202f]/g, "").replace(",", ".");
    return /^\d+(\.\d+)?$/.test(figures) ? Number(figures) : NaN;
  };
  const shown = (value, currency) => value.toLocaleString(document.documentElement.lang, {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
    ...(currency && { style: "currency", currency, currencyDisplay: "narrowSymbol" }),
  });
  const field = (line, name) => line.querySelector(`[name$="-${name}"]:not([type="hidden"])`);
  const total = () => {
    let sum = 0;
    bid.querySelectorAll("[data-bid-line]").forEach((line) => {
      const included = field(line, "include").checked;
      line.classList.toggle("is-out", !included);
      line.classList.toggle("has-offer", Boolean(line.querySelector("[data-offer]")?.value));
      const amount = number(field(line, "quantity").value) * number(field(line, "price").value);
      if (included && !Number.isNaN(amount)) sum += Math.round(amount * 100) / 100;
    });
    const currency = bid.querySelector('[name="currency"]')?.value ?? "";
    bid.querySelector("[data-bid-total]").textContent = shown(sum, currency);
  };
  bid.addEventListener("input", total);
  bid.addEventListener("change", (event) => {
    const select = event.target.closest("[data-offer]");
    const line = event.target.closest("[data-bid-line]");
    if (select && line) {
      const option = select.selectedOptions[0];
      if (option.dataset.title) field(line, "title").value = option.dataset.title;
      if (option.dataset.price) field(line, "price").value = option.dataset.price;
      if (option.dataset.quantity) field(line, "quantity").value = option.dataset.quantity;
      if (option.dataset.title) field(line, "supply").value = option.dataset.supply;
      field(line, "include").checked = true;
    } else if (line && /-(price|title|quantity)$/.test(event.target.name) && event.target.value) {
      field(line, "include").checked = true;
    }
    total();
  });
  total();
})();
