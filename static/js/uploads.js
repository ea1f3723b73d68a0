// A large file goes up in pieces, so that a break or a reload costs only the piece under way. Small files, and browsers
// without this script, send the form as it is.
(() => {
  "use strict";
  const form = document.querySelector("form[data-parts]");
  if (!form) return;
  const input = form.querySelector("input[type=file]");
  const box = form.querySelector(".upload-progress");
  const bar = box?.querySelector("progress");
  const line = box?.querySelector("[role=status]");
  const stop = box?.querySelector("[data-stops]");
  const send = form.querySelector("button[type=submit]");
  if (!input || !bar || !line || !send) return;
  const parts = form.dataset.parts;
  const words = form.dataset;
  const token = () => form.querySelector("[name=csrfmiddlewaretoken]").value;
  const LONGEST_PAUSE = 30_000;
  let running = null;

  class Refused extends Error {
    constructor(status, error) {
      super([error?.message, error?.remedy].filter(Boolean).join(" ") || words.failure);
      this.status = status;
      this.error = error;
    }
  }

  const remembered = (file) => `upload:${parts}:${file.name}:${file.size}:${file.lastModified}`;
  const recall = (file) => {
    try {
      return localStorage.getItem(remembered(file));
    } catch {
      return null;
    }
  };
  const remember = (file, id) => {
    try {
      if (id) localStorage.setItem(remembered(file), id);
      else localStorage.removeItem(remembered(file));
    } catch {
      // Without storage it goes on after a break, but not after a reload.
    }
  };

  const ask = async (url, options = {}) => {
    const headers = { Accept: "application/json", ...options.headers };
    if (options.method === "POST") headers["X-CSRFToken"] = token();
    const answer = await fetch(url, { credentials: "same-origin", redirect: "error", ...options, headers });
    if (answer.status === 204) return {};
    const body = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Refused(answer.status, body.error);
    return body;
  };

  const begin = async (file, signal) => {
    const known = recall(file);
    if (known) {
      try {
        return { id: known, ...(await ask(`${parts}${known}/`, { signal })) };
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        remember(file, null); // taken already, or swept
      }
    }
    const begun = await ask(parts, {
      method: "POST",
      body: JSON.stringify({ name: file.name, size: file.size }),
      headers: { "Content-Type": "application/json" },
      signal,
    });
    remember(file, begun.id);
    return begun;
  };

  // Only what passes by itself is tried again: a broken line, a server that is busy or restarting.
  const passes = (error) => !(error instanceof Refused) || error.status >= 500 || error.status === 429;
  const pause = (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, milliseconds);
      addEventListener("online", () => { clearTimeout(timer); resolve(); }, { once: true });
      signal.addEventListener("abort", () => { clearTimeout(timer); reject(signal.reason); }, { once: true });
    });
  const patiently = async (step, signal) => {
    for (let wait = 1000; ; wait = Math.min(wait * 2, LONGEST_PAUSE)) {
      try {
        return await step();
      } catch (error) {
        if (signal.aborted || !passes(error)) throw error;
        line.textContent = error.error?.message ? error.message : words.waits;
        await pause(wait, signal);
      }
    }
  };

  const show = (done, size) => {
    const percent = Math.floor((done * 100) / size);
    bar.value = percent;
    const text = words.sent.replace("{percent}", percent);
    if (line.textContent !== text) line.textContent = text;
  };

  const upload = async (file, signal) => {
    const begun = await patiently(() => begin(file, signal), signal);
    let offset = begun.offset;
    show(offset, file.size);
    while (offset < file.size) {
      const before = offset;
      const piece = file.slice(offset, offset + begun.piece);
      try {
        ({ offset } = await patiently(
          () =>
            ask(`${parts}${begun.id}/${offset}/`, {
              method: "POST",
              body: piece,
              headers: { "Content-Type": "application/octet-stream" },
              signal,
            }),
          signal,
        ));
      } catch (error) {
        // A piece whose answer was lost has come all the same: the server says where to go on.
        if (!(error instanceof Refused) || error.error?.offset === undefined) throw error;
        offset = error.error.offset;
      }
      if (offset === before) throw new Refused(); // nothing came of it: the same again would go round for ever
      show(offset, file.size);
    }
    bar.removeAttribute("value");
    line.textContent = words.taken;
    const said = new FormData();
    said.append("source", form.querySelector("[name=source]")?.value ?? "");
    if (form.querySelector("[name=only_check]")?.checked) said.append("only_check", "1");
    const end = await patiently(() => ask(`${parts}${begun.id}/finish/`, { method: "POST", body: said, signal }), signal);
    remember(file, null);
    return end.url;
  };

  form.addEventListener("submit", async (event) => {
    const file = input.files[0];
    if (running || !file || file.size <= Number(words.from)) return;
    event.preventDefault();
    running = new AbortController();
    box.hidden = false;
    send.disabled = true;
    line.classList.remove("error-text", "bad");
    try {
      location.assign(await upload(file, running.signal));
    } catch (error) {
      if (running.signal.aborted) {
        box.hidden = true;
      } else {
        line.classList.add("error-text", "bad");
        line.textContent = error.message || words.failure;
      }
      send.disabled = false;
    } finally {
      running = null;
    }
  });

  stop?.addEventListener("click", async () => {
    const file = input.files[0];
    const id = file && recall(file);
    running?.abort();
    if (id) {
      remember(file, null);
      await ask(`${parts}${id}/discard/`, { method: "POST" }).catch(() => {});
    }
  });
})();
