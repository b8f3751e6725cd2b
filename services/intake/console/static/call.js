// A call: its length, an urgency by one key, and forms that open with their first field at hand.
import { now } from "./times.js";

const two = (number) => String(number).padStart(2, "0");

for (const clock of document.querySelectorAll("[data-clock]")) {
  const began = Date.parse(clock.dataset.clock);
  const tell = () => {
    const seconds = Math.max(0, Math.floor((now() - began) / 1000));
    const hours = Math.floor(seconds / 3600);
    const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
    clock.textContent = hours ? `${hours}:${rest}` : rest;
  };
  tell();
  setInterval(tell, 1000);
}

const urgencies = [...document.querySelectorAll("#urgency input")];
document.addEventListener("keydown", (event) => {
  if (event.key !== "F4" || event.altKey || event.ctrlKey || event.isComposing || !urgencies.length) return;
  event.preventDefault();
  const next = (urgencies.findIndex((one) => one.checked) + 1) % urgencies.length;
  urgencies[next].checked = true;
  urgencies[next].dispatchEvent(new Event("input", { bubbles: true }));
});

for (const details of document.querySelectorAll("details")) {
  details.addEventListener("toggle", () => {
    if (details.open) details.querySelector("input:not([type=hidden]), textarea, select:not([hidden]), button")?.focus();
  });
}
