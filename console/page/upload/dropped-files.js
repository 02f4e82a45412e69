/** @typedef {{readonly file: File, readonly path: string}} FoundFile */

/**
 * Files that a drop or a paste brings, whole folders included, with paths relative to what was dropped.
 * @param {DataTransfer} transfer
 * @returns {Promise<FoundFile[]>}
 */
export async function filesOf(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const found =
    entries.length > 0
      ? (await Promise.all(entries.map((entry) => filesIn(entry, "")))).flat()
      : [...transfer.files].map((file) => ({ file, path: file.name }));
  return found.map(named);
}

/**
 * Files of an `<input type="file">`, also one that takes a folder.
 * @param {HTMLInputElement} input
 */
export const filesOfInput = (input) =>
  [...(input.files ?? [])].map((file) => named({ file, path: file.webkitRelativePath || file.name }));

/**
 * Folders hold files that nobody means: those of the system, and those that are not pictures.
 * @param {FoundFile} found
 */
export const isMeant = ({ file, path }) =>
  !path.includes("/") || (!file.name.startsWith(".") && file.type.startsWith("image/"));

/**
 * @param {any} entry a FileSystemEntry
 * @param {string} parent
 * @returns {Promise<FoundFile[]>}
 */
async function filesIn(entry, parent) {
  const path = parent ? `${parent}/${entry.name}` : entry.name;
  if (entry.isFile) return [{ file: await new Promise((resolve, reject) => entry.file(resolve, reject)), path }];
  const reader = entry.createReader();
  const found = [];
  // A reader hands out about a hundred at a time.
  for (let batch = await readBatch(reader); batch.length > 0; batch = await readBatch(reader))
    for (const child of batch) found.push(...(await filesIn(child, path)));
  return found;
}

/**
 * @param {FileSystemDirectoryReader} reader
 * @returns {Promise<FileSystemEntry[]>}
 */
const readBatch = (reader) => new Promise((resolve, reject) => reader.readEntries(resolve, reject));

/**
 * Every pasted screenshot is called the same: without the time the next would overwrite it.
 * @param {FoundFile} found
 * @returns {FoundFile}
 */
function named({ file, path }) {
  return path === "image.png"
    ? { file, path: `pasted-${new Date().toISOString().replace(/[:.]/g, "-")}.png` }
    : { file, path };
}
