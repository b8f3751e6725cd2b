// Forms with data-keep: what they hold is kept in this browser until it has arrived, whatever the network does.
// Each has a key, so that what is sent twice has one effect. Somebody else's, on the same phone, stays theirs.
import { forget, remember } from "./drafts.js";
import { ask } from "./renew.js";
import { hush, say } from "./said.js";
import { now } from "./times.js";

const PATIENCE = 20000;
const AGAIN = 10000;
const UNSAID = ["key", "happened", "offer"];
const strip = document.getElementById("kept");
const who = strip.dataset.who;
const mark = document.querySelector("meta[name=form]").content;
const part = (name) => strip.querySelector(`[data-${name}]`);
const formOf = (entry) =>
  [...document.querySelectorAll("form[data-keep]")].find((form) => form.elements.key.value === entry.key);

const base = new Promise((resolve, reject) => {
  const asked = indexedDB.open("jiujin", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("kept", { keyPath: "id", autoIncrement: true });
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});

async function kept(mode, what) {
  const turn = (await base).transaction("kept", mode);
  const asked = what(turn.objectStore("kept"));
  return new Promise((resolve, reject) => {
    turn.oncomplete = () => resolve(asked.result);
    turn.onabort = () => reject(turn.error);
  });
}

const own = async () => (await kept("readonly", (all) => all.getAll())).filter((one) => one.who === who);
const put = (entry) => kept("readwrite", (all) => all.put(entry));
const remove = (entry) => kept("readwrite", (all) => all.delete(entry.id));

async function keep(form, button) {
  const data = new FormData(form, button);
  data.delete("mark");
  if (data.has("happened")) data.set("happened", new Date(now()).toISOString());
  const { action, dataset } = form;
  const about = { who, key: data.get("key"), label: dataset.keep, action, page: location.pathname };
  try {
    await put({ ...about, fields: [...data] });
  } catch {
    delete form.dataset.keep;
    form.requestSubmit(button);
    return;
  }
  forget(who, form);
  lock(form, true);
  await flush();
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-keep]")) return;
  event.preventDefault();
  keep(event.target, event.submitter);
});

function lock(form, locked) {
  for (const one of form.elements) if (one.type !== "hidden") one.disabled = locked;
}

let busy = false;
let wanted = false;
let reached = navigator.onLine;
let next = "";

async function flush() {
  wanted = true;
  if (busy) return;
  busy = true;
  while (wanted) {
    wanted = false;
    for (let entry; (entry = (await own()).find((one) => !one.refused)); ) {
      reached = await send(entry);
      if (!reached) break;
    }
  }
  busy = false;
  await show();
  if (next && !somebodyWrites()) location.assign(next);
}

// Whether an answer has come that settles it.
async function send(entry) {
  const body = new FormData();
  for (const [name, value] of entry.fields) body.append(name, value);
  const options = { method: "POST", body, headers: { "Jiujin-Form": mark }, signal: AbortSignal.timeout(PATIENCE) };
  try {
    const answer = await ask(entry.action, options);
    if (answer.ok) {
      await arrived(entry, answer.url);
      return true;
    }
    if (answer.status >= 500 || [401, 408, 429].includes(answer.status)) return false;
    const problem = await answer.json();
    if (problem.type.endsWith(":StaleForm")) {
      say(problem.detail, "late"); // the page is of an earlier sign-in: the next one will send it
      return false;
    }
    await refused(entry, problem);
  } catch {
    return false;
  }
  return true;
}

const written = (one) =>
  ["checkbox", "radio"].includes(one.type) ? one.checked !== one.defaultChecked : one.value !== one.defaultValue;
export const somebodyWrites = () =>
  [...document.querySelectorAll("form[data-keep] :is(textarea, input:not([type=hidden])):enabled")].some(written);

async function arrived(entry, page) {
  await remove(entry);
  if (entry.page === location.pathname) next = page;
  const form = formOf(entry);
  hush();
  if (!form) return;
  form.querySelector("[data-waits]").hidden = true;
  form.querySelector("[data-arrived]").hidden = false;
}

async function refused(entry, problem) {
  const form = formOf(entry);
  if (form) {
    await remove(entry);
    form.querySelector("[data-waits]").hidden = true;
    lock(form, false);
    say(problem.detail, "late");
  } else {
    await put({ ...entry, refused: problem.detail });
  }
}

async function show() {
  const entries = await own();
  const waiting = entries.filter((one) => !one.refused);
  part("away").hidden = reached && navigator.onLine;
  part("again").hidden = waiting.length === 0;
  strip.querySelector("ul").replaceChildren(...entries.map(item));
  for (const entry of waiting) {
    const form = formOf(entry);
    if (form) form.querySelector("[data-waits]").hidden = false;
  }
}

function item(entry) {
  const made = part(entry.refused ? "refused" : "waiting").content.firstElementChild.cloneNode(true);
  made.querySelector("strong").textContent = entry.label;
  if (entry.refused) {
    made.querySelector("span").textContent = entry.refused;
    const told = entry.fields.filter(([name, value]) => !UNSAID.includes(name) && typeof value === "string");
    made.querySelector("p").textContent = told.map(([, value]) => value).filter(Boolean).join(" · ");
    made.querySelector("button").addEventListener("click", () => remove(entry).then(show));
  }
  return made;
}

remember(who);
part("again").addEventListener("click", flush);
addEventListener("online", flush);
addEventListener("offline", show);
document.addEventListener("visibilitychange", () => document.hidden || flush());
setInterval(() => part("again").hidden || flush(), AGAIN);
flush();
