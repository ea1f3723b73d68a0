// The header's search field: suggestions while one types, recent searches while it is empty. A combobox whose list is
// chosen from by hand: arrows move through it, the field keeps the focus and the words. Without it the form works.
(() => {
  "use strict";
  const field = document.getElementById("search-words");
  const panel = document.getElementById("suggest");
  if (!field?.form || !panel) return;
  const form = field.form;
  const list = panel.querySelector('[role="listbox"]');
  const status = document.getElementById("suggest-status");
  const foot = panel.querySelector(".suggest-foot");
  const recentRow = document.getElementById("suggest-recent");

  const PAUSE = 120; // ms without a key until the server is asked
  const SAID_AFTER = 700; // ms until a screen reader is told the count: after it has said the letter
  const KEY = "ryad.searches";
  const MOST = 6;
  const KEPT = 30 * 24 * 3600 * 1000;
  const PERSONAL = /@|\d(?:[\s()+.\/\u2010-\u2015-]*\d){8}/; // as search/personal.py

  // What was searched on this device. It never leaves it; cleared by the button, by signing out, and by age.
  const recent = {
    read() {
      try {
        const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
        if (!Array.isArray(kept)) return [];
        return kept.filter((each) => typeof each?.words === "string" && each.words && Date.now() - each.at < KEPT);
      } catch {
        return [];
      }
    },
    add(words) {
      const tidy = words.trim().split(/\s+/).join(" ").slice(0, 200);
      if (!tidy || PERSONAL.test(tidy)) return;
      const others = this.read().filter((each) => each.words.toLowerCase() !== tidy.toLowerCase());
      try {
        localStorage.setItem(KEY, JSON.stringify([{ words: tidy, at: Date.now() }, ...others].slice(0, MOST)));
      } catch {
        // A full or forbidden storage: nothing is remembered.
      }
    },
    clear() {
      try {
        localStorage.removeItem(KEY);
      } catch {
        // Nothing was kept then.
      }
    },
  };

  let options = [];
  let active = -1;
  let timer = 0;
  let saying = 0;
  let asking = null;
  let shown = null; // the words that the list answers

  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-haspopup", "listbox");
  field.setAttribute("aria-expanded", "false");
  field.setAttribute("aria-controls", list.id);

  const isOpen = () => !panel.hidden;
  const mark = (place) => {
    options[active]?.setAttribute("aria-selected", "false");
    active = place;
    const option = options[active];
    if (!option) {
      field.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", option.id);
  };
  const say = (text) => {
    clearTimeout(saying);
    saying = setTimeout(() => {
      if (status.textContent !== text) status.textContent = text;
    }, SAID_AFTER);
  };
  const close = () => {
    clearTimeout(timer);
    clearTimeout(saying);
    asking?.abort();
    asking = null;
    shown = null;
    mark(-1);
    panel.hidden = true;
    status.textContent = "";
    field.setAttribute("aria-expanded", "false");
  };
  const open = () => {
    options = Array.from(list.querySelectorAll('[role="option"]'));
    options.forEach((option, place) => (option.id = `suggestion-${place}`));
    if (!options.length) {
      close();
      return;
    }
    active = -1;
    field.removeAttribute("aria-activedescendant");
    panel.hidden = false;
    list.scrollTop = 0;
    field.setAttribute("aria-expanded", "true");
  };

  const address = (words) => {
    const url = new URL(field.dataset.suggestions, location.href);
    url.searchParams.set("q", words);
    const scope = form.elements.namedItem("category")?.value;
    if (scope) url.searchParams.set("category", scope);
    return url;
  };
  const fetched = async (words) => {
    asking?.abort();
    const mine = new AbortController();
    asking = mine;
    try {
      const answer = await fetch(address(words), { signal: mine.signal, credentials: "same-origin" });
      const text = answer.ok ? await answer.text() : "";
      return asking === mine ? text : null; // a later question is on its way
    } catch {
      return null;
    } finally {
      if (asking === mine) asking = null;
    }
  };
  const isWanted = (words) => document.activeElement === field && field.value === words;

  const recentOptions = () =>
    recent.read().map((each) => {
      const row = recentRow.content.firstElementChild.cloneNode(true);
      row.href = `${form.action.split("?")[0]}?${new URLSearchParams({ q: each.words })}`;
      row.dataset.words = each.words;
      row.querySelector(".suggest-text").textContent = each.words;
      return row;
    });
  const ask = async () => {
    const words = field.value;
    if (!words.trim()) {
      await showEmpty();
      return;
    }
    const text = await fetched(words);
    if (text === null || !isWanted(words)) return;
    foot.hidden = true;
    list.innerHTML = text;
    shown = words;
    open();
    say(list.firstElementChild?.dataset.status ?? "");
  };
  const showEmpty = async () => {
    const own = recentOptions();
    const draw = (often) => {
      list.replaceChildren();
      if (own.length) {
        const head = document.createElement("p");
        head.className = "suggest-head";
        head.setAttribute("aria-hidden", "true");
        head.textContent = panel.dataset.recent;
        list.append(head, ...own);
      }
      list.insertAdjacentHTML("beforeend", often);
      foot.hidden = !own.length;
      shown = "";
      open();
    };
    if (own.length) {
      draw("");
      say(`${panel.dataset.recent}: ${own.length}`);
      return; // own searches come alone: nothing is asked of the server for them
    }
    const text = await fetched("");
    if (text !== null && isWanted(field.value) && !field.value.trim()) draw(text);
  };

  const soon = (pause) => {
    clearTimeout(timer);
    timer = setTimeout(ask, pause);
  };
  field.addEventListener("input", (event) => {
    if (event.isComposing) return;
    if (active >= 0) mark(-1);
    soon(field.value.trim() ? PAUSE : 0);
  });
  field.addEventListener("compositionend", () => soon(PAUSE));
  field.addEventListener("focus", () => {
    if (!field.value.trim()) soon(0);
  });
  field.addEventListener("click", () => {
    if (!isOpen() && !field.value.trim()) soon(0);
  });
  form.elements.namedItem("category")?.addEventListener("change", close);

  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    const { key } = event;
    if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      if (event.altKey && key === "ArrowUp") {
        close();
      } else if (!isOpen() || shown !== (field.value.trim() ? field.value : "")) {
        soon(0); // the list of these words, from its top
      } else if (!event.altKey) {
        const step = key === "ArrowDown" ? 1 : -1;
        const from = active < 0 && step < 0 ? options.length : active;
        mark((from + step + options.length) % options.length);
      }
    } else if (key === "Home" || key === "End") {
      if (active >= 0) mark(-1); // the caret moves, as in any field
    } else if (key === "Escape" && isOpen()) {
      event.preventDefault(); // the words stay; once more empties the field
      event.stopPropagation();
      close();
    } else if (key === "Enter" && isOpen() && options[active]) {
      event.preventDefault();
      options[active].click();
    } else if (key === "Tab" && isOpen() && (event.shiftKey || foot.hidden)) {
      close();
    }
  });

  // The field keeps the focus while an option is pressed, or its list would be gone before the click.
  list.addEventListener("mousedown", (event) => {
    if (event.button === 0) event.preventDefault();
  });
  list.addEventListener("click", (event) => {
    const option = event.target.closest('[role="option"]');
    if (!option) return;
    if (option.dataset.words) {
      recent.add(option.dataset.words);
      if (!event.ctrlKey && !event.metaKey && !event.shiftKey) field.value = option.dataset.words;
    }
    if (!event.ctrlKey && !event.metaKey && !event.shiftKey) close();
  });
  foot.querySelector("button").addEventListener("click", () => {
    recent.clear();
    close();
    status.textContent = panel.dataset.cleared;
    field.focus();
  });
  form.addEventListener("submit", () => {
    recent.add(field.value);
    close();
  });
  form.addEventListener("focusout", (event) => {
    if (isOpen() && !form.contains(event.relatedTarget)) close();
  });
  document.addEventListener("pointerdown", (event) => {
    if (isOpen() && !panel.contains(event.target) && event.target !== field) close();
  });
  document.addEventListener("submit", (event) => {
    const { pathname } = new URL(event.target.getAttribute("action") ?? "", location.href);
    if (pathname.endsWith("/logout/")) recent.clear();
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) close();
  });
})();
