// What every page shares: menus, the filter drawer, the theme switch, keys, messages. Pages work without it.
(() => {
  "use strict";
  const root = document.documentElement;
  const all = (selector, scope = document) => Array.from(scope.querySelectorAll(selector));

  // Theme: the switch wins over the system and is remembered on this device.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-switch]");
    if (!button) return;
    const theme = root.dataset.theme === "dark" ? "light" : "dark";
    root.dataset.theme = theme;
    try {
      localStorage.setItem("theme", theme);
    } catch {
      // It holds for this page then.
    }
    markTheme();
  });
  const markTheme = () =>
    all("[data-theme-switch]").forEach((button) =>
      button.setAttribute("aria-pressed", String(root.dataset.theme === "dark")),
    );
  markTheme();

  // Menus are <details>: one open at a time, closed by Escape or a click elsewhere.
  document.addEventListener("click", (event) => {
    all("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  // Drawer: [data-opens="id"] shows the element, [data-closes] inside hides it.
  let drawer = null;
  let opener = null;
  const closeDrawer = () => {
    if (!drawer) return;
    drawer.classList.remove("is-open");
    drawer.removeAttribute("role");
    drawer.removeAttribute("aria-modal");
    document.querySelector(".veil")?.remove();
    document.body.classList.remove("overflow-hidden");
    drawer = null;
    (document.getElementById(opener?.id) ?? opener)?.focus();
    opener = null;
  };
  const openDrawer = (button) => {
    const target = document.getElementById(button.dataset.opens);
    if (!target) return;
    drawer = target;
    opener = button;
    const veil = document.createElement("div");
    veil.className = "veil";
    veil.addEventListener("click", closeDrawer);
    document.body.append(veil);
    document.body.classList.add("overflow-hidden");
    drawer.setAttribute("role", "dialog");
    drawer.setAttribute("aria-modal", "true");
    drawer.classList.add("is-open");
    drawer.querySelector("button, a, input")?.focus();
  };
  document.addEventListener("click", (event) => {
    const open = event.target.closest("[data-opens]");
    if (open) {
      event.preventDefault();
      openDrawer(open);
    } else if (event.target.closest("[data-closes]")) {
      closeDrawer();
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      closeDrawer();
      all("details.menu[open]").forEach((menu) => {
        menu.open = false;
        menu.querySelector("summary")?.focus();
      });
      return;
    }
    if (event.key === "Tab" && drawer) {
      const stops = all("a[href], button:not([disabled]), input:not([type=hidden]), select, summary", drawer)
        .filter((stop) => stop.offsetParent !== null);
      const edge = event.shiftKey ? stops[0] : stops.at(-1);
      if (document.activeElement === edge) {
        event.preventDefault();
        (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
      }
      return;
    }
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const field = document.getElementById("search-words");
      if (field) {
        event.preventDefault();
        field.focus();
        field.select();
      }
    }
  });

  // A photo that does not load makes room for the drawn placeholder behind it.
  document.addEventListener(
    "error",
    (event) => {
      if (event.target instanceof HTMLImageElement && event.target.closest(".photo")) event.target.hidden = true;
    },
    true,
  );
  all(".photo img").forEach((image) => {
    if (image.complete && image.naturalWidth === 0 && image.loading !== "lazy") image.hidden = true;
  });

  // Gallery: a thumbnail shows its photo in the frame.
  document.addEventListener("click", (event) => {
    const thumb = event.target.closest("[data-shows]");
    const frame = thumb && document.getElementById(thumb.dataset.shows);
    if (!frame) return;
    event.preventDefault();
    frame.srcset = thumb.dataset.srcset ?? "";
    frame.src = thumb.href;
    frame.hidden = false;
    all(`[data-shows="${thumb.dataset.shows}"]`).forEach((other) => other.removeAttribute("aria-current"));
    thumb.setAttribute("aria-current", "true");
  });

  // File drop area: says which file was chosen.
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement) || input.type !== "file") return;
    const label = input.closest(".dropzone")?.querySelector(".dropzone-file");
    if (label) label.textContent = Array.from(input.files, (file) => file.name).join(", ");
  });
  ["dragenter", "dragover", "dragleave", "drop"].forEach((kind) =>
    document.addEventListener(kind, (event) => {
      const zone = event.target instanceof Element && event.target.closest(".dropzone");
      if (zone) zone.classList.toggle("is-over", kind === "dragenter" || kind === "dragover");
    }),
  );

  // The header's search field: an address that people pass on says nothing of a category that was not chosen.
  document.addEventListener("formdata", (event) => {
    if (event.target.matches?.(".search-field") && !event.formData.get("category")) event.formData.delete("category");
  });

  // Where the desk's links or tabs do not fit, the one that is open is in sight.
  all(".desk-nav, .tabs").forEach((list) => {
    const current = list.querySelector("[aria-current]");
    if (current && list.scrollWidth > list.clientWidth) {
      const beyond = current.getBoundingClientRect().right - list.getBoundingClientRect().right;
      if (beyond > 0) list.scrollLeft += beyond + 24;
    }
  });

  // [data-copy="text"] copies; [data-submit-on-change] sends its form; [data-print] prints.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) navigator.clipboard?.writeText(button.dataset.copy).then(() => toast(button.dataset.copied ?? "✓"));
    if (event.target.closest("[data-print]")) window.print();
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("[data-submit-on-change]")) event.target.form?.requestSubmit();
  });

  // An error summary takes the focus, so that the reader learns at once what was refused.
  document.querySelector(".error-summary")?.focus();

  // Messages that pass: from htmx responses (HX-Trigger: {"toast": "…"}) and from copying.
  const toast = (text) => {
    const box = document.querySelector(".toasts");
    if (!box || !text) return;
    const line = document.createElement("div");
    line.className = "toast-line";
    line.textContent = text;
    box.append(line);
    setTimeout(() => line.remove(), 6000);
  };
  document.addEventListener("toast", (event) => toast(event.detail?.value ?? event.detail));

  // htmx: the token of the nearest form goes with whatever is not a plain read, and a failure is said aloud.
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb === "get") return;
    const token = (event.target.closest("form") ?? document).querySelector("[name=csrfmiddlewaretoken]")
      ?? document.querySelector("[name=csrfmiddlewaretoken]");
    if (token) event.detail.headers["X-CSRFToken"] = token.value;
  });
  // Filters that are swapped for new counts keep what was unfolded, and the one in hand stays under the finger.
  let kept = null;
  document.addEventListener("htmx:beforeSwap", () => {
    const panel = document.getElementById("facet-groups");
    const held = document.activeElement;
    kept = panel && {
      scrolled: panel.scrollTop,
      open: all("details[id]", panel).map((each) => [each.id, each.open]),
      id: panel.contains(held) ? held.id : "",
      top: held?.getBoundingClientRect().top,
    };
  });
  document.addEventListener("htmx:oobAfterSwap", () => {
    const panel = kept && document.getElementById("facet-groups");
    if (!panel) return;
    kept.open.forEach(([id, open]) => {
      const each = document.getElementById(id);
      if (each) each.open = open;
    });
    panel.scrollTop = kept.scrolled;
    const held = kept.id && document.getElementById(kept.id);
    if (held) {
      const moved = held.getBoundingClientRect().top - kept.top;
      (panel.scrollHeight > panel.clientHeight ? panel : window).scrollBy(0, moved);
    }
    kept = null;
  });
  const failure = () => toast(document.querySelector(".toasts")?.dataset.failure);
  document.addEventListener("htmx:sendError", failure);
  document.addEventListener("htmx:responseError", failure);
  // An error page that answers in our words (400 to 429) replaces the fragment like any other answer.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const status = event.detail.xhr.status;
    if (status >= 400 && status < 500 && event.detail.xhr.getResponseHeader("HX-Retarget")) event.detail.shouldSwap = true;
  });
})();
