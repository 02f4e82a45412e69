import { byId, copyButton, element, setText } from "../shell/element.js";
import { count } from "../shell/format.js";
import { filesOf, filesOfInput, isMeant } from "./dropped-files.js";
import { createTransferPanel } from "./transfer-panel.js";
import { UploadQueue } from "./upload-queue.js";

const USER_KEY = "user";

/**
 * Where photos go in: drop, paste or pick; with what is under way.
 * @param {import("../../server/wire").LocalConsoleInfo} info
 */
export function createUploadPanel(info) {
  const queue = new UploadQueue();
  const user = element("input", {
    name: "user",
    autocomplete: "off",
    spellcheck: false,
    required: true,
    maxLength: 64,
    pattern: "[A-Za-z0-9_\\-]{1,64}",
    title: "1 to 64 letters, digits, - and _",
    value: localStorage.getItem(USER_KEY) ?? "alice",
  });
  user.addEventListener("change", () => localStorage.setItem(USER_KEY, user.value));

  /** @param {readonly import("./dropped-files.js").FoundFile[]} found */
  const add = (found) => {
    if (!user.reportValidity() || found.length === 0) return;
    const meant = found.filter(isMeant);
    const left = found.length - meant.length;
    setText(note, left ? `${count(left)} other files in the folder were left out.` : "");
    queue.add(meant, user.value);
  };
  const note = element("p", { className: "note" });
  const files = picker({ multiple: true, accept: "image/*" }, add);
  const folder = picker({ webkitdirectory: true, multiple: true }, add);
  const panel = element(
    "section",
    { className: "card upload", "aria-labelledby": "upload-title" },
    element("h2", { id: "upload-title" }, "Upload"),
    element("label", { className: "field" }, "User", user),
    element(
      "div",
      { className: "drop" },
      element("p", {}, "Drop or paste photos anywhere on this page"),
      element(
        "div",
        { className: "actions" },
        button("Choose photos", "primary", () => files.click()),
        button("Folder", "", () => folder.click()),
      ),
    ),
    note,
    uploadSnippet(info),
  );
  takeDrops(add);
  // Beside the views: uploads go on while another one is looked at.
  byId("main").append(createTransferPanel(queue));
  return panel;
}

/**
 * @param {string} text
 * @param {string} kind
 * @param {() => void} onclick
 */
function button(text, kind, onclick) {
  return element("button", { className: `button ${kind}`, type: "button", onclick }, text);
}

/** @typedef {(found: readonly import("./dropped-files.js").FoundFile[]) => void} Add */

/**
 * @param {object} properties
 * @param {Add} add
 */
function picker(properties, add) {
  const input = element("input", { type: "file", ...properties });
  input.addEventListener("change", () => {
    add(filesOfInput(input));
    input.value = "";
  });
  return input;
}

/** @param {Add} add */
function takeDrops(add) {
  const { classList } = document.body;
  // Entering a child comes before leaving its parent.
  let depth = 0;
  /** @param {DragEvent} event */
  const carriesFiles = ({ dataTransfer }) => dataTransfer?.types.includes("Files");
  document.addEventListener("dragenter", (event) => {
    if (!carriesFiles(event)) return;
    depth += 1;
    classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => {
    if (carriesFiles(event) && --depth <= 0) classList.remove("dropping");
  });
  document.addEventListener("dragover", (event) => {
    if (carriesFiles(event)) event.preventDefault();
  });
  document.addEventListener("drop", async (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth = 0;
    classList.remove("dropping");
    if (event.dataTransfer) add(await filesOf(event.dataTransfer));
  });
  document.addEventListener("paste", async ({ clipboardData }) => {
    if (clipboardData?.files.length) add(await filesOf(clipboardData));
  });
}

/**
 * The same upload as an application does it: its server signs, its page PUTs.
 * @param {import("../../server/wire").LocalConsoleInfo} info
 */
function uploadSnippet(info) {
  const code = snippetFor(info);
  return element(
    "details",
    { className: "snippet" },
    element("summary", {}, "The same from your code"),
    element(
      "pre",
      { tabIndex: 0, role: "region", "aria-label": "Code that uploads a photo" },
      element("code", {}, code),
    ),
    copyButton(() => code),
  );
}

/** @param {import("../../server/wire").LocalConsoleInfo} info */
function snippetFor({ s3Endpoint, region, sourceBucket, credentials }) {
  const local = `
  endpoint: "${s3Endpoint}",
  forcePathStyle: true,
  credentials: ${JSON.stringify(credentials, null, 2).replaceAll("\n", "\n  ")},
  // Signed before the body is known:`;
  return `// On your server: npm install @aws-sdk/client-s3 @aws-sdk/s3-request-presigner
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";

const s3 = new S3Client({
  region: "${region}",${local}
  requestChecksumCalculation: "WHEN_REQUIRED",
});
const signUpload = (userId, fileName) =>
  getSignedUrl(
    s3,
    new PutObjectCommand({
      Bucket: "${sourceBucket}",
      Key: \`uploads/\${userId}/\${fileName}\`,
    }),
    { expiresIn: 300 },
  );

// In your page:
await fetch(url, {
  method: "PUT",
  body: file,
  headers: { "Content-Type": file.type },
});`;
}
