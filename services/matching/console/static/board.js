// The board by keyboard and pointer, and the panel that follows its request.
import "./live.js";

const panel = document.getElementById("panel");
const desk = document.querySelector(".desk");
const show = (address) => window.htmx.ajax("GET", address, { source: panel, target: panel, swap: "innerMorph" });

// What is asked for in the panel and on its way: its answer says what was done. What the panel was being renewed
// with may be older and would come behind it: that is broken off, and brought afterwards.
const sending = new Set();
let sent = () => {};
document.addEventListener("htmx:before:request", ({ target }) => {
  if (target === panel || !panel?.contains(target)) return;
  sending.add(target);
  window.htmx.trigger(panel, "htmx:abort");
});
document.addEventListener("htmx:finally:request", ({ target }) => {
  // The event of a form that the answer has replaced comes to the document alone.
  for (const one of sending) if (one === target || !one.isConnected) sending.delete(one);
  if (!sending.size) sent();
});

async function bring(address) {
  do {
    if (sending.size) await new Promise((done) => (sent = done));
    const wanted = address();
    if (!wanted) return;
    await show(wanted);
  } while (sending.size);
}

// One after the other: what comes while the panel is fetched is fetched once more behind it.
let turn = Promise.resolve();
let again = false;
const then = (next) => (turn = turn.then(next, next));

let opened = null;

// What moves while the panel is on its way is followed already, and fetched behind it.
async function open(link) {
  opened = link;
  desk.classList.add("open");
  const card = (panel.dataset.follows = link.closest("li").id);
  await then(() => bring(() => panel.dataset.follows === card && link.href));
  if (panel.dataset.follows !== card) return;
  panel.focus({ preventScroll: true });
  history.replaceState(null, "", `?open=${card.slice("card-".length)}`);
}

function close() {
  desk.classList.remove("open");
  delete panel.dataset.follows;
  window.htmx.trigger(panel, "htmx:abort");
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

panel?.addEventListener("moved", () => {
  if (again) return;
  again = true;
  then(renew);
});

async function renew() {
  await bring(() => {
    again = false;
    return panel.dataset.follows && panel.querySelector("[data-again]")?.dataset.again;
  });
  panel.classList.add("moved");
  setTimeout(() => panel.classList.remove("moved"), 6000);
}

// What a key has opened can be written in.
document.addEventListener("toggle", ({ target }) => target.matches("#turn[open]") && target.querySelector("[name=reason]").focus(), true);

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
