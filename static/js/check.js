// A check that takes more than a second says that it is under way. Without this the browser's own sign does.
(() => {
  const form = document.querySelector("[data-check]");
  const progress = form?.querySelector("[data-check-progress]");
  let timer = 0;
  form?.addEventListener("submit", () => {
    timer = setTimeout(() => { progress.hidden = false; }, 1000);
  });
  window.addEventListener("pageshow", () => {
    clearTimeout(timer);
    if (progress) progress.hidden = true;
  });
})();
