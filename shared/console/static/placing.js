// Cards put where they belong: found by id, ordered by data-order in the list that data-place names.
//
// What somebody points at doesn't move under the pointer: the list gives way by scrolling, and where a card
// was that has gone a sign of it stays until the pointer leaves.
import { current } from "./times.js";

const MOST = 200;
const SHOWN = 6000;
const TOLD = 3;

const listOf = (name) => document.getElementById(`list-${name}`);
const lists = () => document.querySelectorAll("ol[id^=list-]");
const nameOf = (card) => card.querySelector("[data-name]")?.dataset.name ?? "";
const titleOf = (name) => document.getElementById(`head-${name}`)?.firstElementChild.textContent ?? "";
const behind = (card, other) =>
  other.dataset.order > card.dataset.order || (other.dataset.order === card.dataset.order && other.id > card.id);

// Takes in what a stream tells, all of it when `whole`; false when the lists then lack cards that there are.
export function place(whole, html) {
  const told = document.createElement("template");
  told.innerHTML = html;
  const notices = [];
  const steady = hold();
  const fresh = new Set();
  for (const one of [...told.content.children]) {
    fresh.add(one.id);
    if (one.tagName === "LI") put(one, notices);
    else if (one.tagName === "DEL") remove(document.getElementById(one.id), notices);
  }
  if (whole) {
    for (const list of lists()) {
      for (const card of [...list.children]) if (card.id && !fresh.has(card.id)) remove(card, notices);
    }
  }
  const complete = count(told.content);
  steady();
  current();
  announce(notices);
  for (const one of document.querySelectorAll("[data-follows]")) {
    if (whole || fresh.has(one.dataset.follows)) one.dispatchEvent(new CustomEvent("moved", { bubbles: true }));
  }
  return whole || complete;
}

function put(card, notices) {
  const list = listOf(card.dataset.place);
  if (!list) return;
  const known = document.getElementById(card.id);
  const from = known?.dataset.place;
  if (known?.isEqualNode(card)) return;
  const one = known ?? card;
  const focused = known?.contains(document.activeElement) && document.activeElement;
  if (known) {
    if (from !== card.dataset.place) ghost(known, titleOf(card.dataset.place));
    known.firstElementChild.replaceChildren(...card.firstElementChild.childNodes);
    known.className = card.className;
    Object.assign(known.dataset, card.dataset);
  }
  const next = [...list.children].find((other) => other !== one && other.id && behind(one, other)) ?? null;
  if (one.parentNode !== list || one.nextElementSibling !== next) list.insertBefore(one, next);
  if (focused && document.activeElement !== focused) focused.focus({ preventScroll: true });
  mark(one);
  if (from !== one.dataset.place) notices.push(["moved", nameOf(one), titleOf(one.dataset.place)]);
  if (list.children.length > MOST) list.lastElementChild.remove();
}

function remove(card, notices) {
  if (!card) return;
  notices.push(["gone", nameOf(card), ""]);
  if (card.contains(document.activeElement)) {
    (card.nextElementSibling ?? card.previousElementSibling)?.firstElementChild?.focus({ preventScroll: true });
  }
  ghost(card, "");
  card.remove();
}

function mark(card) {
  card.classList.add("moved");
  setTimeout(() => card.classList.remove("moved"), SHOWN);
}

// In the place of a card under the pointer that goes away.
function ghost(card, where) {
  if (!card.matches(":hover")) return;
  const sign = document.createElement("li");
  sign.className = "ghost";
  sign.ariaHidden = "true";
  sign.style.height = `${card.offsetHeight}px`;
  sign.textContent = where ? card.closest("[data-went]")?.dataset.went.replace("{column}", where) : "";
  card.before(sign);
  card.parentNode.addEventListener("pointerleave", () => sign.remove(), { once: true });
}

// Remembers what is under the pointer; gives what brings it back to where it was.
function hold() {
  const list = document.querySelector("ol[id^=list-]:hover");
  const card = list?.querySelector(":scope > li:hover");
  if (!card) return () => {};
  const before = card.getBoundingClientRect().top;
  return () => {
    const anchor = card.parentNode === list ? card : list.querySelector(".ghost");
    const shift = anchor ? anchor.getBoundingClientRect().top - before : 0;
    if (!shift) return;
    const room = list.scrollHeight - list.clientHeight - list.scrollTop;
    if (shift > room) list.style.paddingBottom = `${shift - room}px`;
    if (list.scrollTop + shift < 0) list.style.paddingTop = `${-(list.scrollTop + shift)}px`;
    list.scrollTop += shift;
    list.addEventListener("pointerleave", () => list.style.removeProperty("padding"), { once: true });
  };
}

function count(told) {
  let complete = true;
  for (const shown of document.querySelectorAll("data[id^=count-]")) {
    const there = Number(told.getElementById(shown.id)?.value ?? 0);
    shown.value = there;
    if (shown.textContent !== String(there)) shown.textContent = there;
    const list = listOf(shown.id.slice("count-".length));
    const more = list?.parentNode.querySelector(".more");
    const cards = list?.querySelectorAll(":scope > li[id]").length;
    if (more) more.hidden = there <= cards;
    if (cards < Math.min(there, MOST)) complete = false;
  }
  return complete;
}

function announce(notices) {
  const words = document.querySelector("[data-moved]");
  if (!words || !notices.length) return;
  const texts = notices
    .slice(0, TOLD)
    .map(([kind, name, column]) => words.dataset[kind].replace("{name}", name).replace("{column}", column));
  if (notices.length > TOLD) texts.push(`+${notices.length - TOLD}`);
  document.getElementById("moves").textContent = texts.join(" · ");
}
