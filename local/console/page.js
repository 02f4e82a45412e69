// The page of the console. Keys, names and messages come from uploads: they reach the page as text only.

const MOVING_STATES = ["pending", "processing"];
const REFRESH_SOON_MS = 700;
const REFRESH_LATER_MS = 2000;

const element = (id) => document.getElementById(id);
const message = (text) => {
  element("message").textContent = text;
};

let timer;

async function call(path, init) {
  const response = await fetch(path, init);
  const body = await response.json();
  if (!response.ok) throw new Error(body.error);
  return body;
}

async function upload(file) {
  const { url } = await call("/api/uploads", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ userId: element("user").value, fileName: file.name }),
  });
  const stored = await fetch(url, {
    method: "PUT",
    body: file,
    headers: { "Content-Type": file.type || "application/octet-stream" },
  });
  if (!stored.ok) throw new Error(`S3 answered ${stored.status}`);
}

async function uploadAll(files) {
  if (!element("upload").reportValidity()) return;
  for (const file of files) {
    message(`Uploading ${file.name} …`);
    try {
      await upload(file);
      message(`Uploaded ${file.name}.`);
    } catch (error) {
      message(`${file.name} was not uploaded: ${error.message}`);
      return;
    }
    await refresh();
  }
}

function describe(image) {
  const size = image.width ? `${image.width}×${image.height} ${image.format}` : "";
  const attempts = image.attempts > 1 ? `${image.attempts} attempts` : "";
  return [image.userId, size, attempts, new Date(image.timestamp * 1000).toLocaleString()].filter(Boolean).join(" · ");
}

function previewOf(image, name) {
  const preview = document.createElement("img");
  preview.src = `/api/images/${image.imageId}/previews/${name}`;
  preview.alt = name;
  preview.title = name;
  return preview;
}

function itemOf(image) {
  const item = element("image").content.firstElementChild.cloneNode(true);
  item.dataset.state = image.processingStatus;
  item.querySelector(".key").textContent = image.originalKey;
  item.querySelector(".state").textContent = image.processingStatus;
  item.querySelector(".details").textContent = describe(image);
  item.querySelector(".error").textContent = [image.errorCode, image.errorMessage].filter(Boolean).join(": ");
  const names = Object.keys(image.previews ?? {});
  item.querySelector(".previews").append(...names.map((name) => previewOf(image, name)));
  return item;
}

let shown = "";

function show(images) {
  const state = JSON.stringify(images);
  if (state === shown) return;
  shown = state;
  element("none").hidden = images.length > 0;
  element("images").replaceChildren(...images.map(itemOf));
}

async function refresh() {
  clearTimeout(timer);
  let delay = REFRESH_LATER_MS;
  try {
    const { images } = await call("/api/images");
    show(images);
    if (images.some(({ processingStatus }) => MOVING_STATES.includes(processingStatus))) delay = REFRESH_SOON_MS;
  } catch (error) {
    message(`The list could not be read: ${error.message}`);
  }
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(refresh, delay);
}

element("upload").addEventListener("submit", (event) => event.preventDefault());
element("files").addEventListener("change", async ({ target }) => {
  await uploadAll([...target.files]);
  target.value = "";
});
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  document.body.classList.add("dropping");
});
document.addEventListener("dragleave", () => document.body.classList.remove("dropping"));
document.addEventListener("drop", async (event) => {
  event.preventDefault();
  document.body.classList.remove("dropping");
  await uploadAll([...event.dataTransfer.files]);
});
document.addEventListener("visibilitychange", refresh);
await refresh();
