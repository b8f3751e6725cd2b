// Photos are made small before they travel, and drawing them anew leaves out all that a camera writes beside the
// picture: the place, the time, the phone. Who keeps the place on purpose sends the file as it is.
const QUALITY = 0.85;
const MOST = 5 * 1024 * 1024;

function fit({ width, height }, longest) {
  const scale = Math.min(1, longest / Math.max(width, height));
  return [Math.round(width * scale), Math.round(height * scale)];
}

async function drawn(file, canvas, longest) {
  const picture = await createImageBitmap(file);
  [canvas.width, canvas.height] = fit(picture, longest);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
}

for (const form of document.querySelectorAll("form[data-photo]")) {
  const { file, located } = form.elements;
  const canvas = form.querySelector("canvas");
  const unreadable = form.querySelector("[data-unreadable]");
  const large = form.querySelector("[data-large]");
  const button = form.querySelector("button.main");
  let small = null;
  file.accept = "image/*";

  const check = () => {
    const chosen = file.files[0];
    if (large) large.hidden = !(chosen && located.checked && (chosen.size > MOST || chosen.type !== "image/jpeg"));
    button.disabled = Boolean(chosen) && (!small || large?.hidden === false);
  };

  file.addEventListener("change", async () => {
    const chosen = file.files[0];
    small = null;
    canvas.hidden = unreadable.hidden = true;
    check();
    if (!chosen) return;
    try {
      small = await drawn(chosen, canvas, Number(form.dataset.photo));
    } catch {
      unreadable.hidden = false;
    }
    canvas.hidden = !small;
    check();
  });
  located?.addEventListener("change", check);
  form.addEventListener("formdata", ({ formData }) => {
    if (small && !located?.checked) formData.set("file", small, "photo.jpg");
  });
}
