// What htmx asks for: with the mark of this page's forms and a sign-in renewed where it must be. A refusal is
// said in words and leaves the page as it is.
import { ask } from "./renew.js";
import { say, away } from "./said.js";

const form = document.querySelector("meta[name=form]")?.content;

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (form) ctx.request.headers["Jiujin-Form"] = form;
  ctx.fetch = ask;
});

document.addEventListener("htmx:before:response", async (event) => {
  const answer = event.detail.ctx.response.raw;
  if (!answer.headers.get("Content-Type")?.startsWith("application/problem+json")) return;
  event.preventDefault();
  say((await answer.json()).detail, "late");
});

document.addEventListener("htmx:error", ({ detail: { error } }) => {
  if (error?.name === "TypeError") away();
});
