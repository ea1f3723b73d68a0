// Shows push messages, and opens the page that one is about. Nothing is cached here and no page passes through.
"use strict";

self.addEventListener("push", (event) => {
  let told = {};
  try {
    told = event.data ? event.data.json() : {};
  } catch {
    // What cannot be read is shown as a plain word: browsers end a subscription whose messages show nothing.
  }
  event.waitUntil(
    self.registration.showNotification(told.title || "…", {
      body: told.body || "",
      tag: told.tag,
      data: { url: told.url || "/inbox/" },
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data.url, self.location.origin);
  if (url.origin !== self.location.origin) return;
  event.waitUntil(
    (async () => {
      const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
      const open = pages.find((page) => page.url === url.href);
      if (open) return open.focus();
      return self.clients.openWindow(url.href);
    })(),
  );
});
