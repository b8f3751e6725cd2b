// A page that lay in the background is loaded anew when somebody comes back to it: not while they write, and not
// without a network, which would take away what is there.
import { somebodyWrites } from "./kept.js";
import { ask } from "./renew.js";

const STALE = 60000;
let left = Date.now();

document.addEventListener("visibilitychange", async () => {
  if (document.hidden) {
    left = Date.now();
  } else if (Date.now() - left > STALE && !somebodyWrites()) {
    const answer = await ask(location.href).catch(() => null);
    if (answer?.ok) location.reload();
  }
});
