// What every page has: keys, dialogs, forms that are sent once, and a sign-in that a link from elsewhere hid.
import { listen } from "./keys.js";
import { renewed } from "./renew.js";
import "./swaps.js";
import "./times.js";

listen();

for (const button of document.querySelectorAll("[data-opens]")) {
  button.hidden = false;
  button.addEventListener("click", () => document.getElementById(button.dataset.opens).showModal());
}

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button?.dataset.busy) return;
  if (button.ariaDisabled) {
    event.preventDefault();
    return;
  }
  button.ariaDisabled = "true";
  button.dataset.idle = button.textContent;
  button.textContent = button.dataset.busy;
});

// A page that the browser kept and shows again has its buttons as they were.
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button[data-idle]")) {
    button.ariaDisabled = null;
    button.textContent = button.dataset.idle;
  }
});

// Cookies that are SameSite=Strict don't come along with a link from another site: ask again from here.
const form = document.querySelector("form[data-after]");
const from = document.referrer && new URL(document.referrer).origin;
if (form && from && from !== location.origin && (await renewed())) location.replace(form.dataset.after);
