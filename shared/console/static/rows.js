// Rows of a list by keys: up and down go from row to row, Enter opens as with any link, and whoever comes back stands
// on the same row, or on the one that took its place.
const HERE = `rows:${location.pathname}${location.search}`, LAST = "rows:last", BACK = "rows:back";
const links = () => [...document.querySelectorAll("[data-rows] [data-row]")];

function remember(link) {
  sessionStorage.setItem(HERE, JSON.stringify([link.dataset.row, links().indexOf(link)]));
  sessionStorage.setItem(LAST, location.pathname + location.search);
}

function back() {
  const [row, at] = JSON.parse(sessionStorage.getItem(HERE) ?? "[]");
  const all = links();
  (all.find((link) => link.dataset.row === row) ?? all[Math.min(at, all.length - 1)])?.focus();
}

document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target.closest?.("input, textarea, select, dialog")) return;
  const all = links();
  const to = all[Math.max(0, Math.min(all.length - 1, all.indexOf(document.activeElement) + step))];
  if (!to) return;
  event.preventDefault();
  to.focus();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-row]");
  if (link) remember(link);
  if (event.target.closest?.("[data-back]")) sessionStorage.setItem(BACK, "1");
});

window.addEventListener("pageshow", (event) => {
  const way = performance.getEntriesByType("navigation")[0]?.type;
  const asked = sessionStorage.getItem(BACK);
  sessionStorage.removeItem(BACK);
  if (links().length && (asked || event.persisted || way === "back_forward")) back();
});

const last = sessionStorage.getItem(LAST);
for (const link of document.querySelectorAll("a[data-back]")) if (last) link.href = last;
