// A key presses what has it as data-key. One that writes something does nothing while somebody writes.
const writes = (target) => target.isContentEditable || target.closest?.("input, textarea, select");

export function listen() {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (event.key.length === 1 && writes(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    const found = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!found) return;
    event.preventDefault();
    found.click();
  });
}
