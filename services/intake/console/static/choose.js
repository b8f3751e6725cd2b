// Boxes in which one types and chooses: arrows go through what is found, Enter takes it, Esc closes.
class Box {
  constructor(input, list, take) {
    Object.assign(this, { input, list, take, at: 0 });
    input.addEventListener("keydown", (event) => this.press(event));
    input.addEventListener("blur", () => setTimeout(() => this.shut(), 150));
    list.addEventListener("mousedown", (event) => event.preventDefault());
  }

  get options() {
    return [...this.list.querySelectorAll("[role=option]:not([hidden])")];
  }

  get open() {
    return !this.list.hidden;
  }

  show(at = 0) {
    this.list.hidden = this.options.length === 0 && !this.list.textContent.trim();
    this.input.ariaExpanded = String(this.open);
    this.mark(at);
  }

  shut() {
    this.list.hidden = true;
    this.input.ariaExpanded = "false";
    this.input.removeAttribute("aria-activedescendant");
  }

  mark(at) {
    const options = this.options;
    this.at = Math.max(0, Math.min(options.length - 1, at));
    options.forEach((option, place) => (option.ariaSelected = String(place === this.at)));
    const active = options[this.at];
    if (!active) return this.input.removeAttribute("aria-activedescendant");
    this.input.setAttribute("aria-activedescendant", active.id);
    active.scrollIntoView({ block: "nearest" });
  }

  press(event) {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    const file = event.key === "F7" && this.open && this.options[this.at]?.dataset.file;
    if (file) {
      event.preventDefault();
      event.stopPropagation();
      location.assign(file);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (this.open) this.mark(this.at + (event.key === "ArrowDown" ? 1 : -1));
      else this.show();
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.enter();
    } else if (event.key === "Escape" && this.open) {
      event.preventDefault();
      this.shut();
    }
  }

  enter() {
    const active = this.options[this.at];
    if (this.open && active) this.take(active);
  }
}

// Persons: the server finds them; an Enter that comes before its answer waits for it.
class People extends Box {
  constructor(form) {
    super(form.querySelector("#q"), form.querySelector("#hits"), (option) => location.assign(option.href));
    this.entered = false;
    this.input.addEventListener("input", () => {
      this.entered = false;
      if (!this.input.value.trim()) this.shut();
    });
    this.input.addEventListener("focus", () => this.fresh && this.show(this.at));
    new MutationObserver(() => this.found()).observe(this.list, {
      childList: true, subtree: true, attributes: true, attributeFilter: ["data-q"],
    });
  }

  get fresh() {
    const told = this.list.querySelector("#hits-for");
    return Boolean(told) && told.dataset.q === this.input.value && this.input.value.trim() !== "";
  }

  found() {
    if (!this.fresh || document.activeElement !== this.input) return;
    this.show();
    if (this.entered) this.enter();
  }

  enter() {
    this.entered = !this.fresh;
    if (this.fresh) super.enter();
  }
}

// A list to choose from by typing the beginning of a name, of its pinyin or its initials.
class Typed extends Box {
  constructor(place) {
    const select = place.querySelector("select"), input = document.createElement("input");
    const list = document.createElement("div"), label = place.querySelector("label");
    const focus = select.autofocus || document.activeElement === select;
    Object.assign(input, { id: `${select.id}-typed`, type: "text", role: "combobox", autocomplete: "off" });
    Object.assign(list, { id: `${select.id}-list`, role: "listbox", className: "hits", hidden: true });
    list.setAttribute("aria-label", label.textContent);
    for (const [name, value] of [
      ["aria-controls", list.id], ["aria-expanded", "false"], ["aria-autocomplete", "list"], ["spellcheck", "false"],
    ]) input.setAttribute(name, value);
    for (const name of ["aria-invalid", "aria-describedby"]) {
      if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
    }
    for (const one of select.options) {
      if (!one.value) continue;
      const option = document.createElement("div");
      Object.assign(option, { role: "option", id: `${select.id}-${one.value}`, textContent: one.textContent });
      Object.assign(option.dataset, { value: one.value, words: one.dataset.words });
      list.append(option);
    }
    label.htmlFor = input.id;
    select.hidden = true;
    select.autofocus = false;
    select.after(input, list);
    super(input, list, (option) => this.choose(option.dataset.value, true));
    this.select = select;
    input.addEventListener("input", () => this.filter());
    input.addEventListener("focus", () => input.select());
    input.addEventListener("blur", () => this.settle());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.choose(option.dataset.value, true);
    });
    select.addEventListener("change", () => this.tell());
    this.tell();
    if (focus) input.focus();
  }

  tell() {
    this.input.value = this.select.value ? this.select.selectedOptions[0].textContent : "";
  }

  show() {
    if (this.input.value === (this.select.selectedOptions[0]?.textContent ?? "")) this.filter("");
    super.show(this.options.findIndex((option) => option.dataset.value === this.select.value));
  }

  filter(typed = this.input.value.trim().toLowerCase()) {
    for (const option of this.list.children) {
      const words = option.dataset.words;
      option.hidden = !(words.split(" ").some((word) => word.startsWith(typed)) || words.includes(typed));
    }
    const begins = this.options.findIndex((option) => option.dataset.words.split(" ").some((word) => word === typed));
    if (typed) super.show(Math.max(0, begins));
  }

  choose(value, on) {
    this.select.value = value;
    this.tell();
    this.shut();
    this.select.dispatchEvent(new Event("input", { bubbles: true }));
    if (!on) return;
    const fields = [...this.select.form.querySelectorAll("input:not([type=hidden]), textarea, select:not([hidden]), button")];
    fields[fields.indexOf(this.input) + 1]?.focus();
  }

  // Whoever goes on without choosing gets what is marked when they typed something, nothing when they emptied it.
  settle() {
    const typed = this.input.value.trim();
    const chosen = this.select.value ? this.select.selectedOptions[0].textContent : "";
    if (typed === chosen) return;
    const active = this.options[this.at];
    this.choose(typed && active ? active.dataset.value : "", false);
  }
}

for (const form of document.querySelectorAll("form[data-choose]")) new People(form);
for (const place of document.querySelectorAll("[data-typed]")) new Typed(place);
