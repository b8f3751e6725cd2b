// Times told from now: kept current, by the clock of the city and not of this device.
const ahead = Date.parse(document.querySelector("meta[name=now]")?.content) - Date.now();
const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });
const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60]];

// A phone that sleeps stops performance.now(), but not this.
export const now = () => ahead + Date.now();

function told(seconds) {
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= 1.2 * size) ?? ["second", 1];
  return words.format(unit === "second" && Math.abs(seconds) < 45 ? 0 : Math.round(seconds / size), unit);
}

export function current(page = document) {
  for (const time of page.querySelectorAll("time[data-away]")) {
    const left = Date.parse(time.dateTime) - now();
    const text = told(left / 1000);
    if (time.textContent !== text) time.textContent = text;
    time.classList.toggle("past", left < 0);
  }
}

current();
setInterval(() => current(), 15000);
