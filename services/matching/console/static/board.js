// The board by keyboard and pointer, and the panel that follows its request.
import "./live.js";

const panel = document.getElementById("panel");
const desk = document.querySelector(".desk");
const show = (address) => window.htmx.ajax("GET", address, { source: panel, target: panel, swap: "innerMorph" });

let opened = null;

async function open(link) {
  opened = link;
  desk.classList.add("open");
  await show(link.href);
  const card = link.closest("li").id;
  panel.dataset.follows = card;
  panel.focus({ preventScroll: true });
  history.replaceState(null, "", `?open=${card.slice("card-".length)}`);
}

function close() {
  desk.classList.remove("open");
  delete panel.dataset.follows;
  panel.replaceChildren();
  history.replaceState(null, "", location.pathname);
  (opened?.isConnected ? opened : document.querySelector(".cards a"))?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || !desk) return;
  const link = event.target.closest(".cards a, #panel .close");
  if (!link) return;
  event.preventDefault();
  if (link.matches(".close")) close();
  else open(link);
});

// One after the other: what comes while the panel is fetched is fetched once more behind it.
let turn = Promise.resolve();
let again = false;

panel?.addEventListener("moved", () => {
  if (again) return;
  again = true;
  turn = turn.then(renew, renew);
});

// The forms of the panel that are on their way: their answer says what was done, and comes first.
const sending = new Set();
let sent = () => {};
document.addEventListener("htmx:before:request", ({ target }) => {
  if (target.closest?.("#panel form")) sending.add(target);
});
document.addEventListener("htmx:finally:request", ({ target }) => {
  // The event of a form that the answer has replaced comes to the document alone.
  for (const form of sending) if (form === target || !form.isConnected) sending.delete(form);
  if (!sending.size) sent();
});

async function renew() {
  if (sending.size) await new Promise((done) => (sent = done));
  again = false;
  const request = panel.dataset.follows?.slice("card-".length);
  if (!request || panel.querySelector(".stale")) return;
  const did = panel.querySelector("[data-did]")?.dataset.did ?? "";
  await show(`/matching/requests/${request}?did=${did}`);
  panel.classList.add("moved");
  setTimeout(() => panel.classList.remove("moved"), 6000);
}

const STEPS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "Escape" && desk?.classList.contains("open")) {
    close();
    return;
  }
  const card = document.activeElement?.closest(".cards > li");
  const step = STEPS[event.key];
  if (!step || (!card && document.activeElement !== document.body)) return;
  const next = card ? beside(card, step) : document.querySelector(".cards > li");
  if (!next) return;
  event.preventDefault();
  next.firstElementChild.focus();
  next.scrollIntoView({ block: "nearest" });
});

// The card above or below, or at the same height in the next column that has any.
function beside(card, [across, down]) {
  if (down) return down > 0 ? card.nextElementSibling : card.previousElementSibling;
  const columns = [...document.querySelectorAll(".cards")];
  const place = [...card.parentNode.children].indexOf(card);
  for (let at = columns.indexOf(card.parentNode) + across; columns[at]; at += across) {
    const cards = columns[at].children;
    if (cards.length) return cards[Math.min(place, cards.length - 1)];
  }
  return null;
}
