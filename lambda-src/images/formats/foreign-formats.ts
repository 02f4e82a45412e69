/** What a file is called, and the bytes that it begins with: one or more texts at the same offset. */
interface Signature {
  readonly name: string;
  readonly begins: readonly string[];
  /** Bytes before the text. */
  readonly offset?: number;
}

const CAMERA_RAW = "camera raw";

/** Kinds of files that people upload in place of photos; the first match counts. */
const SIGNATURES: readonly Signature[] = [
  { name: "HEIC", offset: 4, begins: ["heic", "heix", "heim", "heis", "hevc", "hevx"].map((brand) => `ftyp${brand}`) },
  { name: CAMERA_RAW, offset: 4, begins: ["ftypcrx "] },
  { name: "HEIF", offset: 4, begins: ["ftypmif1", "ftypmif2", "ftypmsf1", "ftypmiaf"] },
  { name: "a MOV video", offset: 4, begins: ["ftypqt  ", "moov", "wide", "mdat"] },
  { name: "an MP4 video", offset: 4, begins: ["ftyp"] },
  { name: "JPEG XL", begins: ["\xff\x0a", "\0\0\0\x0cJXL \r\n\x87\n"] },
  { name: "JPEG 2000", begins: ["\0\0\0\x0cjP  \r\n\x87\n", "\xff\x4f\xff\x51"] },
  { name: "JPEG XR", begins: ["II\xbc"] },
  { name: CAMERA_RAW, begins: ["IIRO", "IIRS", "MMOR", "IIU\0", "FUJIFILMCCD-RAW", "FOVb", "\0MRM"] },
  { name: CAMERA_RAW, offset: 6, begins: ["HEAPCCDR"] },
  { name: "a Photoshop document", begins: ["8BPS"] },
  { name: "a GIMP image", begins: ["gimp xcf"] },
  { name: "a PDF document", begins: ["%PDF-"] },
  { name: "PostScript", begins: ["%!PS", "\xc5\xd0\xd3\xc6"] },
  { name: "an icon", begins: ["\0\0\x01\0", "icns"] },
  { name: "a cursor", begins: ["\0\0\x02\0"] },
  { name: "an animated PNG of the MNG kind", begins: ["\x8aMNG\r\n", "\x8bJNG\r\n"] },
  { name: "OpenEXR", begins: ["\x76\x2f\x31\x01"] },
  { name: "Radiance HDR", begins: ["#?RADIANCE", "#?RGBE"] },
  { name: "DDS", begins: ["DDS "] },
  { name: "QOI", begins: ["qoif"] },
  { name: "BPG", begins: ["BPG\xfb"] },
  { name: "FITS", begins: ["SIMPLE  ="] },
  { name: "DjVu", begins: ["AT&TFORM"] },
  { name: "a Windows metafile", begins: ["\xd7\xcd\xc6\x9a"] },
  { name: "a Netpbm image", begins: ["1", "2", "3", "4", "5", "6", "7", "F", "f"].map((kind) => `P${kind}\n`) },
  { name: "an AVI video", offset: 8, begins: ["AVI "] },
  { name: "a WAV recording", offset: 8, begins: ["WAVE"] },
  { name: "a WebM or Matroska video", begins: ["\x1a\x45\xdf\xa3"] },
  { name: "an audio file", begins: ["ID3", "OggS", "fLaC"] },
  { name: "a ZIP archive", begins: ["PK\x03\x04", "PK\x05\x06"] },
  { name: "a gzip archive", begins: ["\x1f\x8b"] },
  { name: "a 7z archive", begins: ["7z\xbc\xaf\x27\x1c"] },
  { name: "a RAR archive", begins: ["Rar!\x1a\x07"] },
  { name: "an Office document", begins: ["\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"] },
  { name: "BMP", begins: ["BM"] },
];

/** As far as text is looked at. */
const TEXT_BYTES = 1024;

/** What a file that is not accepted is, by its content and not by its name, as in "HEIC" or "a PDF document". */
export function nameOfForeignFormat(bytes: Buffer): string {
  const start = bytes.toString("latin1", 0, TEXT_BYTES);
  const signature = SIGNATURES.find(({ begins, offset = 0 }) => begins.some((text) => start.startsWith(text, offset)));
  return signature?.name ?? nameOfText(start) ?? "an unknown kind of file";
}

function nameOfText(start: string): string | undefined {
  // Texts of two bytes a character begin with a mark.
  if (start.startsWith("\xff\xfe") || start.startsWith("\xfe\xff")) return "text";
  const text = start.replace(/^\xef\xbb\xbf/, "").trimStart();
  if (/^<(!doctype html|html|head|body)[\s>]/i.test(text)) return "HTML";
  if (text.startsWith("<") && /<svg[\s>/]/i.test(text)) return "SVG";
  if (text.startsWith("<?xml")) return "XML";
  return text.length > 0 && isText(Buffer.from(start, "latin1")) ? "text" : undefined;
}

/** UTF-8 without control characters but tabs, line ends and escapes; it may end within a character. */
function isText(bytes: Buffer): boolean {
  const controls = bytes.some((byte) => byte < 0x20 && ![0x09, 0x0a, 0x0c, 0x0d, 0x1b].includes(byte));
  if (controls) return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return !bytes.every((byte) => byte >= 0x80);
  } catch {
    return false;
  }
}
