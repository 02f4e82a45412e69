import { type TiffDirectory, TiffReader } from "./tiff-directory";
import { isCameraRaw } from "./tiff-support";

const NEW_SUBFILE_TYPE = 254;
const SUBFILE_TYPE = 255;
const SUB_DIRECTORIES = 330;
/** Bits of NewSubfileType. */
const REDUCED = 1;
const MASK = 4;
/** Values of the older SubfileType. */
const OLD_REDUCED = 2;

/** A thumbnail comes with one image or a few. */
const MAX_DIRECTORIES = 16;

export interface TiffPage {
  /** A TIFF whose only directory is the page. */
  readonly bytes: Buffer;
  readonly directory: TiffDirectory;
  readonly cameraRaw: boolean;
}

/**
 * The first page that is an image of its own: some files begin with a thumbnail or a mask of what follows. libtiff reads the
 * values of every directory, and many directories, or many fields of one, may share the same megabytes: small files could ask
 * for hours. So the decoder sees this one alone.
 * @throws {RangeError} when the directory has more than 200 fields, more values than the file has bytes, or lies outside
 */
export function tiffMainPage(bytes: Buffer): TiffPage {
  const reader = new TiffReader(bytes);
  const first = reader.first();
  const directories = directoriesFrom(reader, first);
  const directory = isWholeImage(first) ? first : (directories.find(isWholeImage) ?? first);
  return { bytes: reader.alone(directory), directory, cameraRaw: isCameraRaw(bytes, directories) };
}

function isWholeImage(directory: TiffDirectory): boolean {
  const [type = 0] = directory.values(NEW_SUBFILE_TYPE);
  const [oldType] = directory.values(SUBFILE_TYPE);
  return (type & (REDUCED | MASK)) === 0 && oldType !== OLD_REDUCED;
}

/** Each followed by those nested in it, up to the first that cannot be read. */
function directoriesFrom(reader: TiffReader, first: TiffDirectory): readonly TiffDirectory[] {
  const found: TiffDirectory[] = [];
  const add = (directory: TiffDirectory): void => {
    if (found.length < MAX_DIRECTORIES) found.push(directory);
  };
  try {
    for (let page = first; found.length < MAX_DIRECTORIES; page = reader.directory(page.next)) {
      add(page);
      for (const offset of page.values(SUB_DIRECTORIES)) add(reader.directory(offset));
      if (page.next === 0) break;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return found;
}
