// A timeline: entries open in place, causes and effects are gone to; the slider says where it is.
import { ask } from "./renew.js";
import { away } from "./said.js";

const plain = (event) => !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;

async function open(entry) {
  const place = entry.nextElementSibling;
  if (!place.childElementCount) {
    try {
      const answer = await ask(entry.dataset.entry);
      if (!answer.ok || answer.redirected) return location.assign(entry.href);
      place.innerHTML = await answer.text();
    } catch {
      return away();
    }
  }
  place.hidden = false;
  entry.ariaExpanded = "true";
}

function shut(entry) {
  entry.nextElementSibling.hidden = true;
  entry.ariaExpanded = "false";
}

document.addEventListener("click", (event) => {
  if (!plain(event)) return;
  const entry = event.target.closest("a[data-entry]");
  const to = event.target.closest("a[data-to]");
  const there = to && document.getElementById(`e-${to.dataset.to}`)?.querySelector("a[data-entry]");
  if (!entry && !there) return;
  event.preventDefault();
  if (entry) {
    if (entry.ariaExpanded === "true") shut(entry);
    else open(entry);
    return;
  }
  open(there);
  there.focus();
  there.scrollIntoView({ block: "center" });
});

let points;
document.addEventListener("input", async ({ target }) => {
  if (target.id !== "step") return;
  points ??= ask(target.form.dataset.points).then((answer) => answer.json());
  const at = (await points)[target.value - 1];
  const said = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "medium", timeZone: "Asia/Shanghai" });
  document.getElementById("where").textContent = at ? said.format(at) : "";
});
