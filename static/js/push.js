// "Notify me in this browser" on the page of letters: which state the browser is in, switching on and off.
"use strict";

(() => {
  const panel = document.querySelector("[data-push]");
  if (!panel) return;
  const { key, on, off, worker, mine } = panel.dataset;
  const csrf = panel.querySelector("[name=csrfmiddlewaretoken]").value;

  const show = (state) => {
    panel.dataset.push = state;
    for (const part of panel.querySelectorAll("[data-push-state]")) {
      part.hidden = !part.dataset.pushState.split(" ").includes(state);
    }
  };

  const supported = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  const registration = async () => navigator.serviceWorker.getRegistration("/");
  const subscription = async () => (await registration())?.pushManager.getSubscription() ?? null;

  const send = async (url, fields) => {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "X-CSRFToken": csrf },
      body: new URLSearchParams(fields),
      redirect: "error",
    });
    if (!answer.ok) throw new Error(String(answer.status));
  };

  const bytes = (text) => {
    const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  };

  const look = async (known) => {
    if (!supported) return show("unsupported");
    if (Notification.permission === "denied") return show("blocked");
    const held = Notification.permission === "granted" && (await subscription());
    // The site forgets a browser when somebody signs out there; the browser itself does not.
    return show(held && known ? "on" : "off");
  };

  const switchOn = async () => {
    const permission = await Notification.requestPermission();
    if (permission !== "granted") return look(false);
    await navigator.serviceWorker.register(worker, { scope: "/" });
    const { pushManager } = await navigator.serviceWorker.ready;
    const old = await pushManager.getSubscription();
    if (old) await old.unsubscribe(); // it may be of another key of the site, or another person's
    const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
    const told = made.toJSON();
    await send(on, { address: told.endpoint, p256dh: told.keys.p256dh, auth: told.keys.auth });
    return look(true);
  };

  const switchOff = async () => {
    await send(off, {});
    const held = await subscription();
    if (held) await held.unsubscribe();
    return look(false);
  };

  const press = (button, action) => {
    panel.querySelector(button)?.addEventListener("click", async (event) => {
      event.target.disabled = true;
      try {
        await action();
      } catch {
        show("failed");
      } finally {
        event.target.disabled = false;
      }
    });
  };

  press("[data-push-on]", switchOn);
  press("[data-push-off]", switchOff);
  look(mine === "yes").catch(() => show("unsupported"));
})();
