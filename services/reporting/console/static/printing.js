// The button that prints, where there is a script to press it.
const button = document.querySelector("button[data-prints]");
button.hidden = false;
button.addEventListener("click", () => print());
