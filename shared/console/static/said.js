// One place on the page where it says what happened; read out by screen readers without taking the focus.
const place = document.getElementById("said");

export function say(text, kind = "done") {
  const notice = document.createElement("p");
  notice.className = `notice ${kind}`;
  notice.textContent = text;
  place.replaceChildren(notice);
}

export function away() {
  say(place.dataset.away, "late");
}

export function hush() {
  place.replaceChildren();
}
