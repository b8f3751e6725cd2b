// Cards put where they belong: found by id, ordered by data-order in the list that data-place names.
//
// What somebody points at doesn't move under the pointer: the list gives way by scrolling, and where a card
// was that has gone a sign of it stays until the pointer leaves.
import { current } from "./times.js";

const MOST = 200;
const SHOWN = 6000;
const TOLD = 3;

const listOf = (name) => document.getElementById(`list-${name}`);
const mostOf = (list) => Number(list.dataset.most ?? MOST);
const nameOf = (card) => card.querySelector("[data-name]")?.dataset.name ?? "";
const titleOf = (name) => document.getElementById(`head-${name}`)?.firstElementChild.textContent ?? "";
const behind = (card, other) =>
  other.dataset.order > card.dataset.order || (other.dataset.order === card.dataset.order && other.id > card.id);

// Takes in what a stream tells, all of it when `whole`; false when the lists then lack cards that there are.
export function place(whole, html) {
  const told = document.createElement("template");
  told.innerHTML = html;
  const cards = [...told.content.children];
  let complete = true;
  steadily(() => {
    arrange(cards, whole ? document.querySelectorAll("ol[id^=list-]") : []);
    complete = count(told.content);
  });
  for (const one of document.querySelectorAll("[data-follows]")) {
    const wanted = one.dataset.follows;
    if (whole || !wanted || cards.some((card) => card.id === wanted)) {
      one.dispatchEvent(new CustomEvent("moved", { bubbles: true }));
    }
  }
  return whole || complete;
}

// Puts cards where they belong, and takes away those that have gone; of a list in `whole` all that isn't among them.
export function arrange(cards, whole = []) {
  const notices = [];
  const told = new Set();
  for (const one of cards) {
    told.add(one.id);
    if (one.dataset.place) put(one, notices);
    else if (one.tagName === "DEL") remove(document.getElementById(one.id), notices);
  }
  for (const list of whole) {
    const there = [...list.children].filter((card) => told.has(card.id));
    const full = there.length >= mostOf(list) ? there.at(-1) : null;
    for (const card of [...list.children]) {
      if (card.id && !told.has(card.id)) remove(card, full && behind(full, card) ? [] : notices);
    }
  }
  current();
  announce(notices);
}

function put(card, notices) {
  const list = listOf(card.dataset.place);
  if (!list) return;
  const known = document.getElementById(card.id);
  const from = known?.dataset.place;
  if (known && from === card.dataset.place && alike(known, card)) return;
  const one = known ?? card;
  const focused = known?.contains(document.activeElement) && document.activeElement;
  if (known) {
    if (from !== card.dataset.place) ghost(known, titleOf(card.dataset.place));
    else if (known.dataset.says !== card.dataset.says) notices.push(["changed", nameOf(card), card.dataset.says]);
    [...known.children].forEach((part, at) => {
      const next = card.children[at];
      if (part.innerHTML !== next.innerHTML) part.replaceChildren(...next.childNodes);
    });
    known.className = card.className;
    Object.assign(known.dataset, card.dataset);
  }
  const next = [...list.children].find((other) => other !== one && other.id && behind(one, other)) ?? null;
  if (one.parentNode !== list || one.nextElementSibling !== next) list.insertBefore(one, next);
  if (focused && document.activeElement !== focused) focus(focused.isConnected ? focused : one);
  mark(one);
  if (from !== one.dataset.place) notices.push(["moved", nameOf(one), titleOf(one.dataset.place)]);
  if (list.children.length > mostOf(list)) list.lastElementChild.remove();
}

const alike = (known, card) => known.dataset.order === card.dataset.order && known.innerHTML === card.innerHTML;
const focus = (one) => (one.matches("a, button") ? one : one.querySelector("a"))?.focus({ preventScroll: true });

function remove(card, notices) {
  if (!card) return;
  notices.push(["gone", nameOf(card), ""]);
  const beside = card.nextElementSibling ?? card.previousElementSibling;
  if (beside && card.contains(document.activeElement)) focus(beside);
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
  const sign = document.createElement(card.localName);
  sign.className = "ghost";
  sign.ariaHidden = "true";
  sign.style.height = `${card.offsetHeight}px`;
  sign.textContent = where ? card.closest("[data-went]")?.dataset.went.replace("{column}", where) : "";
  card.before(sign);
  card.parentNode.addEventListener("pointerleave", () => sign.remove(), { once: true });
}

// What is under the pointer, or has the focus, stays where it is on the screen whatever `change` puts around it.
export function steadily(change) {
  const card = document.querySelector("[id^=list-] > :hover") ?? document.activeElement?.closest("[id^=list-] > *");
  const before = card?.getBoundingClientRect().top;
  const list = card?.parentNode;
  change();
  if (!card) return;
  const anchor = card.parentNode === list ? card : list.querySelector(".ghost");
  const shift = anchor ? anchor.getBoundingClientRect().top - before : 0;
  if (shift) shove(list, shift);
}

// A column scrolls by itself, all else with the page; where there is too little to scroll there is made room.
function shove(list, shift) {
  const alone = getComputedStyle(list).maxHeight !== "none";
  const scroller = alone ? list : document.scrollingElement;
  const padded = alone ? list : document.querySelector("main");
  const { paddingTop, paddingBottom } = getComputedStyle(padded);
  const lacking = -(scroller.scrollTop + shift);
  if (lacking > 0) padded.style.paddingTop = `${parseFloat(paddingTop) + lacking}px`;
  const room = parseFloat(paddingBottom) + innerHeight;
  if (shift > 0) padded.style.paddingBottom = `${room}px`;
  scroller.scrollTop += shift;
  const spare = scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
  if (shift > 0) padded.style.paddingBottom = `${Math.max(parseFloat(paddingBottom), room - spare)}px`;
  for (const left of ["pointerleave", "focusout"]) {
    list.addEventListener(left, () => padded.style.removeProperty("padding"), { once: true });
  }
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
