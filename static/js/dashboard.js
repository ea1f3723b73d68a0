// Draws the figures that the page holds as JSON. Without it, or without Chart.js, the table stands open.
(() => {
  "use strict";

  const draw = () => {
    const source = document.getElementById("ryad-figures");
    if (!source || typeof window.Chart === "undefined") return;
    const figures = JSON.parse(source.textContent);
    const style = getComputedStyle(document.documentElement);
    const colour = (name, other) => style.getPropertyValue(name).trim() || other;
    const now = colour("--w-color-secondary", "#007d7e");
    const before = colour("--w-color-grey-200", "#929292");
    const text = getComputedStyle(document.body).color;
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    document.querySelectorAll("canvas[data-measure]").forEach((canvas) => {
      const chart = figures.charts[canvas.dataset.measure];
      if (!chart) return;
      const line = (label, data, color, dash) => ({
        label,
        data,
        borderColor: color,
        backgroundColor: color,
        borderDash: dash,
        borderWidth: 2,
        pointRadius: data.filter((value) => value !== null).length < 3 ? 3 : 0,
        pointHitRadius: 12,
        spanGaps: true,
        tension: 0.2,
      });
      new window.Chart(canvas, {
        type: "line",
        data: {
          labels: figures.days,
          datasets: [line(figures.now, chart.now, now, []), line(figures.before, chart.before, before, [4, 4])],
        },
        options: {
          animation: still ? false : { duration: 120 },
          maintainAspectRatio: false,
          interaction: { mode: "index", intersect: false },
          plugins: { legend: { display: false } },
          scales: {
            x: { grid: { display: false }, ticks: { color: text, maxTicksLimit: 4, maxRotation: 0 } },
            y: { beginAtZero: true, ticks: { color: text, maxTicksLimit: 4, precision: 0 } },
          },
        },
      });
    });
    document.querySelectorAll("details[data-closes-with-charts]").forEach((details) => {
      details.open = false;
    });
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", draw);
  else draw();
})();
