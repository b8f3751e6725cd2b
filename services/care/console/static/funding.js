// Cases move by themselves: a list asks again for its page, and puts each row where it belongs.
import "./live.js";
import "./rows.js";
import { arrange, steadily } from "./placing.js";
import { ask } from "./renew.js";
import { current } from "./times.js";

const APART = 250;
const AGAIN = 2000;
const BESIDE = ["mine", "counts", "further", "none"];

const list = document.getElementById("list-cases");
const links = () => [...(list?.querySelectorAll("[data-row]") ?? [])];
const pause = (time) => new Promise((done) => setTimeout(done, time));

// The first nine open by their number, whichever these are now.
function number() {
  links().forEach((link, at) => at < 9 && (link.dataset.key = at + 1));
}

function show(page) {
  const rows = [...page.getElementById("list-cases").children];
  current();
  current(page);
  for (const link of links()) delete link.dataset.key;
  steadily(() => {
    for (const id of BESIDE) {
      const [known, fresh] = [document.getElementById(id), page.getElementById(id)];
      if (!known || !fresh || known.innerHTML === fresh.innerHTML) continue;
      const focused = known.contains(document.activeElement);
      known.replaceChildren(...fresh.childNodes);
      if (focused) known.querySelector("a")?.focus({ preventScroll: true });
    }
    arrange(rows, [list]);
    list.closest("table").hidden = !rows.length;
  });
  number();
}

async function read() {
  const answer = await ask(location.href, { headers: { Accept: "text/html" } });
  return answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
}

// What moves while the page is asked for is asked for once more behind it.
let wanted = false;
let turn = Promise.resolve();

async function renew() {
  while (wanted) {
    wanted = false;
    const page = await read().catch(() => null);
    if (page) show(page);
    else wanted = true;
    await pause(page ? APART : AGAIN);
  }
}

document.getElementById("cases")?.addEventListener("moved", () => {
  wanted = true;
  turn = turn.then(renew);
});
number();
