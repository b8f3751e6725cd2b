// Lists that move by themselves: an element with data-live names the stream, data-mark what the page knows.
//
// One connection at a time, and none while the tab is hidden: a browser has six for all its tabs. Whatever ends
// it, also before it began, another is made; it goes on from the mark, or gets the whole.
import { ask } from "./renew.js";
import { place } from "./placing.js";

const SILENT = 25000;
const FIRST = 400;
const LONGEST = 8000;

const pause = (time) => new Promise((done) => setTimeout(done, time));

export function follow(line) {
  let known = line.dataset.mark;
  let listening = new AbortController();

  function say(state) {
    for (const word of line.querySelectorAll("[data-when]")) word.hidden = word.dataset.when !== state;
  }

  function visible() {
    if (!document.hidden) return Promise.resolve();
    return new Promise((done) => document.addEventListener("visibilitychange", done, { once: true }));
  }

  function take(event) {
    const fields = { id: "", event: "", data: [] };
    for (const text of event.split("\n")) {
      const [name, value] = [text.slice(0, text.indexOf(":")), text.slice(text.indexOf(":") + 2)];
      if (name === "data") fields.data.push(value);
      else if (name in fields) fields[name] = value;
    }
    if (!fields.id) return;
    known = place(fields.event === "whole", fields.data.join("\n")) ? fields.id : "";
    line.dataset.mark = known;
    if (!known) listening.abort();
  }

  async function listen() {
    listening = new AbortController();
    let watchdog = setTimeout(() => listening.abort(), SILENT);
    const address = `${line.dataset.live}?mark=${encodeURIComponent(known)}`;
    try {
      const answer = await ask(address, { signal: listening.signal, headers: { Accept: "text/event-stream" } });
      if (!answer.ok) return false;
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let rest = "", heard = await reader.read(); !heard.done; heard = await reader.read()) {
        clearTimeout(watchdog);
        watchdog = setTimeout(() => listening.abort(), SILENT);
        say("on");
        const events = (rest + heard.value).split("\n\n");
        rest = events.pop();
        for (const event of events) if (!listening.signal.aborted) take(event);
      }
      return true;
    } finally {
      clearTimeout(watchdog);
    }
  }

  async function go() {
    for (let wait = FIRST; ; wait = Math.min(2 * wait, LONGEST)) {
      await visible();
      const heard = await listen().catch((error) => error.name === "AbortError");
      if (heard) wait = FIRST;
      say("off");
      if (known || !heard) await pause(wait * (0.7 + 0.6 * Math.random()));
    }
  }

  document.addEventListener("visibilitychange", () => document.hidden && listening.abort());
  window.addEventListener("pagehide", () => listening.abort());
  say("off");
  go();
}

for (const line of document.querySelectorAll("[data-live]")) follow(line);
