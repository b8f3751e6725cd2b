// A key presses what has it as data-key, or goes to it when it is a field. One that writes something does nothing
// while somebody writes; Ctrl+Enter and the keys with an F work everywhere.
const writes = (target) =>
  target.isContentEditable || target.closest?.("input:not([type=radio], [type=checkbox]), textarea, select");

export function listen() {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || event.metaKey || event.repeat) return;
    if (event.key.length === 1 && (event.ctrlKey || writes(event.target))) return;
    if (document.querySelector("dialog[open]")) return;
    const key = event.ctrlKey ? `Ctrl+${event.key}` : event.key;
    const found = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!found) return;
    event.preventDefault();
    if (found.matches("[type=search], [type=text], textarea, select")) {
      found.focus();
      found.select?.();
    } else {
      if (found.matches("summary")) found.focus(); // what it opens is next to it
      found.click();
    }
  });
}
