// What is typed into a call is in this browser until the server says that it has it, and comes back after a crash.
import { ask } from "./renew.js";
import { away, hush } from "./said.js";

const PREFIX = "draft:", SENT = "draft:sent", DAYS = 3 * 24 * 3600 * 1000, AGAIN = 4000;
const form = document.querySelector("form[data-draft]");
const key = form && PREFIX + form.dataset.draft;
const SECRET = ["mark"];

const typed = () => Object.fromEntries([...new FormData(form)].filter(([name]) => !SECRET.includes(name)));
const copy = () => JSON.parse(localStorage.getItem(key) ?? "null");

function keep() {
  localStorage.setItem(key, JSON.stringify({ at: Date.now(), fields: typed() }));
}

function restore({ fields }) {
  for (const [name, value] of Object.entries(fields)) {
    const places = [...form.elements].filter((element) => element.name === name && !SECRET.includes(name));
    for (const place of places) {
      if (place.type === "radio") place.checked = place.value === value;
      else place.value = value;
      place.dispatchEvent(new Event("change"));
    }
  }
}

const send = () => form.dispatchEvent(new Event("input"));

function kept(sent) {
  const now = copy();
  if (now && JSON.stringify(now.fields) === sent) localStorage.removeItem(key);
  else if (now) send();
  document.getElementById("kept").textContent = "";
  hush();
}

function waits() {
  const place = document.getElementById("kept");
  place.textContent = place.dataset.waiting;
}

function forgetOld() {
  for (const name of Object.keys(localStorage).filter((one) => one.startsWith(PREFIX))) {
    if (!(Date.now() - JSON.parse(localStorage.getItem(name)).at < DAYS)) localStorage.removeItem(name);
  }
  const sent = sessionStorage.getItem(SENT);
  if (sent && sent !== key) localStorage.removeItem(sent);
  sessionStorage.removeItem(SENT);
}

// The server gets it once more before the form itself is sent: with the network away the page stays as it is.
async function submit(event) {
  const button = event.submitter;
  if (form.dataset.sure || !form.dataset.keeps) return void sessionStorage.setItem(SENT, key);
  event.preventDefault();
  event.stopPropagation();
  if (form.dataset.sending) return;
  form.dataset.sending = "yes";
  keep();
  let answer;
  try {
    answer = await ask(form.dataset.keeps, {
      method: "POST", body: new URLSearchParams(new FormData(form)),
      headers: { "HX-Request": "true" },
    });
  } catch {
    answer = null;
  }
  delete form.dataset.sending;
  if (!answer?.ok) return away();
  localStorage.removeItem(key);
  form.dataset.sure = "yes";
  form.requestSubmit(button);
}

if (form) {
  forgetOld();
  const before = copy();
  let sent = "";
  form.addEventListener("input", keep);
  form.addEventListener("submit", submit);
  document.addEventListener("htmx:before:request", (event) => {
    if (event.detail.ctx.sourceElement.id !== "beside") return;
    if (form.dataset.sure) event.preventDefault();
    sent = JSON.stringify(typed());
  });
  // A server that is starting or ending answers with something, too.
  document.addEventListener("htmx:before:response", (event) => {
    const { sourceElement, response } = event.detail.ctx;
    if (sourceElement.id !== "beside" || response.raw.ok) return;
    event.preventDefault();
    waits();
  });
  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail.ctx.sourceElement.id === "beside") kept(sent);
  });
  document.addEventListener("htmx:error", (event) => {
    if (event.detail.ctx?.sourceElement?.id === "beside") waits();
  });
  if (form.dataset.keeps) setInterval(() => copy() && !form.dataset.sending && send(), AGAIN);
  if (before) {
    restore(before);
    if (form.dataset.keeps) document.addEventListener("DOMContentLoaded", send);
  }
  window.addEventListener("pageshow", (event) => event.persisted && delete form.dataset.sure);
} else forgetOld();

for (const one of document.querySelectorAll("form[data-discards]")) {
  one.addEventListener("submit", () => localStorage.removeItem(key));
}
