// A live auction: events from the server change the figures, the clock counts by the server's time. Without it the page
// is loaded again every few seconds.
(() => {
  "use strict";
  const home = document.querySelector("[data-auction]");
  if (!home) return;
  const lang = document.documentElement.lang || "uk";
  const words = home.dataset;
  const status = document.querySelector("[data-status]");
  // As the server writes it: one unit of the currency is told, and its number replaced.
  const money = (amount) => {
    const value = amount / 10000;
    const digits = Math.abs(value) < 1 ? 4 : 2;
    const number = new Intl.NumberFormat(lang, {
      minimumFractionDigits: 2,
      maximumFractionDigits: digits,
      useGrouping: "always",
    }).format(value);
    return words.one.replace(/\d([.,]\d+)?/, () => number);
  };

  // The server's clock: its time when it was told, and what this machine has counted since. Its own clock plays no part.
  let told = Date.parse(words.now);
  let counted = performance.now();
  const now = () => told + performance.now() - counted;
  const hear = (moment) => {
    told = Date.parse(moment);
    counted = performance.now();
  };
  const clocks = () => Array.from(document.querySelectorAll("[data-due]"));
  const show = (clock) => {
    const left = Math.max(0, Math.ceil((Date.parse(clock.dataset.due) - now()) / 1000));
    const two = (number) => String(number).padStart(2, "0");
    const hours = Math.floor(left / 3600);
    clock.textContent = `${hours ? `${hours}:` : ""}${two(Math.floor((left % 3600) / 60))}:${two(left % 60)}`;
    clock.classList.toggle("is-short", left <= 60);
  };
  clocks().forEach(show);
  setInterval(() => clocks().forEach(show), 250);

  const say = (text) => {
    status.textContent = text;
  };
  const put = (lot, name, text) => {
    const place = lot.querySelector(`[data-${name}]`);
    if (place) place.textContent = text;
  };
  let shown = "running";
  const apply = (event) => {
    if (!event.lot) return;
    if (["pause", "resume", "close", "void"].includes(event.kind) || event.state !== shown) {
      source.close();
      // What somebody is typing is his: a page that has to be drawn anew waits for a lot that is still open.
      setTimeout(() => location.reload(), 300);
      return;
    }
    const lot = document.querySelector(`[data-lot="${event.lot}"]`);
    if (!lot) return;
    const form = document.querySelector(`[data-bid="${event.lot}"]`);
    const ranked = lot.querySelector("[data-rank]");
    const before = ranked ? Number(ranked.textContent) : 0;
    put(lot, "best", event.best === null ? "—" : money(event.best));
    put(lot, "count", event.count);
    put(lot, "round", event.round);
    if (event.due) {
      const clock = lot.querySelector("[data-due]");
      if (clock) clock.dataset.due = event.due;
    }
    if (event.standing) {
      const list = lot.querySelector("[data-standing]");
      list?.replaceChildren(
        ...event.standing.map(([slot, amount]) => {
          const item = document.createElement("li");
          const name = document.createElement("span");
          name.textContent = `${words.wordBidder} ${slot}`;
          item.append(name, ` ${money(amount)}`);
          return item;
        }),
      );
    }
    if ("rank" in event && event.rank !== null) {
      put(lot, "own", money(event.own));
      put(lot, "rank", event.rank);
      if (form && event.ceiling !== null) put(form, "ceiling", money(event.ceiling));
      if (event.rank === 1 && before > 1) say(words.wordLead);
      if (event.rank > 1 && before === 1) say(words.wordOutbid);
      const turn = form?.querySelector("[data-turn]");
      if (turn) {
        if (event.turn && turn.hidden) say(words.wordTurn);
        turn.hidden = !event.turn;
      }
    }
    if (event.kind === "longer") say(words.wordLonger);
  };

  const source = new EventSource(words.live);
  source.onmessage = (message) => {
    const event = JSON.parse(message.data);
    hear(event.now);
    apply(event);
  };
  source.addEventListener("tick", (message) => {
    hear(JSON.parse(message.data).now);
    if (status.dataset.lost) {
      delete status.dataset.lost;
      say("");
    }
  });
  source.onerror = () => {
    if (source.readyState !== EventSource.CLOSED) {
      // A server that ends each answer is come back to at once; only a longer silence is worth a word.
      setTimeout(() => {
        if (source.readyState === EventSource.CONNECTING) {
          status.dataset.lost = "1";
          say(words.wordLost);
        }
      }, 4000);
    }
  };
})();
