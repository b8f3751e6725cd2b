// What is typed into a form with data-keep is still there when the page is loaded anew in this tab: a phone drops
// pages as it likes. It goes with the tab.
const fields = (form) =>
  [...form.elements].filter((one) => one.name && !["hidden", "file", "submit", "button"].includes(one.type));
const ticks = (one) => ["checkbox", "radio"].includes(one.type);
const called = (who, form) => `draft ${who} ${form.action}`;

export function remember(who) {
  for (const form of document.querySelectorAll("form[data-keep]")) {
    const told = JSON.parse(sessionStorage.getItem(called(who, form)) ?? "null");
    if (told?.length === fields(form).length) restore(form, told);
  }
  document.addEventListener("input", ({ target: { form } }) => {
    if (!form?.matches("form[data-keep]")) return;
    const told = fields(form).map((one) => (ticks(one) ? one.checked : one.value));
    sessionStorage.setItem(called(who, form), JSON.stringify(told));
  });
}

function restore(form, told) {
  for (const [nth, one] of fields(form).entries()) one[ticks(one) ? "checked" : "value"] = told[nth];
  const around = form.closest("details");
  if (around) around.open = true;
}

export function forget(who, form) {
  sessionStorage.removeItem(called(who, form));
}
