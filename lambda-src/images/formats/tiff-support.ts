import type { TiffDirectory } from "./tiff-directory";

/** TIFF's tags, by number. */
const TAG = {
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  samplesPerPixel: 277,
  planarConfiguration: 284,
  tileWidth: 322,
  inkSet: 332,
  extraSamples: 338,
  sampleFormat: 339,
  subsampling: 530,
  dngVersion: 50_706,
} as const;

/** By the value of Compression: those that are decoded, and names for the others. */
const DECODED_COMPRESSIONS: ReadonlySet<number> = new Set([
  1, 2, 3, 4, 5, 7, 8, 32_766, 32_771, 32_773, 32_809, 32_946, 34_676, 34_677, 50_001,
]);
const COMPRESSION_NAMES: Readonly<Record<number, string>> = {
  6: "old-style JPEG",
  9: "JBIG",
  10: "JBIG",
  22610: "JPEG XR",
  32867: "Kodak DCR",
  32909: "PixarLog",
  33003: "JPEG 2000",
  33004: "JPEG 2000",
  33005: "JPEG 2000",
  34661: "JBIG",
  34712: "JPEG 2000",
  34713: "Nikon NEF",
  34715: "JBIG2",
  34887: "LERC",
  34892: "lossy JPEG of a DNG",
  34925: "LZMA",
  34926: "ZSTD",
  34927: "WebP",
  34933: "PNG",
  34934: "JPEG XR",
  50000: "ZSTD",
  50002: "JPEG XL",
  52546: "JPEG XL",
};

/** By the value of PhotometricInterpretation. */
const Photometric = {
  whiteIsZero: 0,
  blackIsZero: 1,
  rgb: 2,
  palette: 3,
  separated: 5,
  yCbCr: 6,
  cieLab: 8,
  colourFilterArray: 32_803,
  logLuv: 32_845,
  linearRaw: 34_892,
} as const;
const PHOTOMETRIC_NAMES: Readonly<Record<number, string>> = {
  4: "a transparency mask",
  9: "ICC Lab colours",
  10: "ITU Lab colours",
  32844: "CIE Log L values",
  51177: "a depth map",
  52527: "a semantic mask",
};
const COLOUR_CHANNELS: Readonly<Record<number, number>> = {
  [Photometric.whiteIsZero]: 1,
  [Photometric.blackIsZero]: 1,
  [Photometric.rgb]: 3,
  [Photometric.palette]: 1,
  [Photometric.separated]: 4,
  [Photometric.yCbCr]: 3,
  [Photometric.cieLab]: 3,
  [Photometric.logLuv]: 3,
};

const JPEG_COMPRESSION = 7;
const SGI_LOG_COMPRESSIONS: readonly number[] = [34_676, 34_677];
const UNSIGNED = 1;
const FLOATING_POINT = 3;
const SAMPLE_FORMAT_NAMES: Readonly<Record<number, string>> = {
  2: "signed integers",
  5: "complex integers",
  6: "complex numbers",
};
const SEPARATE_PLANES = 2;
const OTHER_INKS = 2;
const UNSPECIFIED = 0;

/** Whether any directory holds what a camera's sensor saw, or says that the file is a DNG; Canon's CR2 says so in its header. */
export const isCameraRaw = (bytes: Buffer, directories: readonly TiffDirectory[]): boolean =>
  bytes.toString("latin1", 8, 10) === "CR" ||
  directories.some((directory) => {
    const [photometric] = directory.values(TAG.photometric);
    return (
      directory.has(TAG.dngVersion) ||
      photometric === Photometric.colourFilterArray ||
      photometric === Photometric.linearRaw
    );
  });

export const isTiled = (directory: TiffDirectory): boolean => directory.has(TAG.tileWidth);

export const hasPalette = (directory: TiffDirectory): boolean =>
  directory.values(TAG.photometric)[0] === Photometric.palette;

/** Whether there is a channel beside the colours of which the file does not say that it is alpha. */
export const hasUnspecifiedChannel = (directory: TiffDirectory): boolean =>
  directory.values(TAG.extraSamples)[0] === UNSPECIFIED;

/**
 * What a valid TIFF has that cannot be shown, as in "TIFF with ZSTD compression"; undefined when all of it is decoded. libvips
 * shows some of these as black, as noise or at half the brightness, without an error.
 */
export function unsupportedInTiff(directory: TiffDirectory): string | undefined {
  const [compression = 1] = directory.values(TAG.compression);
  const [photometric] = directory.values(TAG.photometric);
  if (!DECODED_COMPRESSIONS.has(compression))
    return `${COMPRESSION_NAMES[compression] ?? `unknown (${compression})`} compression`;
  // Without it the file is damaged, and the decoder says so.
  if (photometric === undefined) return undefined;
  const colourChannels = COLOUR_CHANNELS[photometric];
  if (colourChannels === undefined)
    return PHOTOMETRIC_NAMES[photometric] ?? `the photometric interpretation ${photometric}`;
  const image: TiffSamples = {
    photometric,
    colourChannels,
    compression,
    bits: directory.values(TAG.bitsPerSample),
    format: directory.values(TAG.sampleFormat)[0] ?? UNSIGNED,
    samples: directory.values(TAG.samplesPerPixel)[0] ?? 1,
  };
  return unsupportedNumbers(image) ?? unsupportedChannels(directory, image);
}

interface TiffSamples {
  readonly photometric: number;
  readonly colourChannels: number;
  readonly compression: number;
  readonly bits: readonly number[];
  readonly format: number;
  readonly samples: number;
}

function unsupportedNumbers({ photometric, compression, bits, format, samples }: TiffSamples): string | undefined {
  const [depth = 1] = bits;
  if (photometric === Photometric.logLuv)
    return SGI_LOG_COMPRESSIONS.includes(compression) ? undefined : "LogLuv colours without SGI compression";
  if (bits.some((other) => other !== depth)) return "channels of different depth";
  const named = SAMPLE_FORMAT_NAMES[format];
  if (named) return named;
  if (format === FLOATING_POINT) {
    if (photometric !== Photometric.rgb && photometric !== Photometric.cieLab)
      return "floating-point samples that are not RGB";
    return depth === 16 || depth === 32 ? undefined : `${depth}-bit floating-point samples`;
  }
  if (depth === 8 && photometric === Photometric.cieLab) return "8-bit CIE Lab colours";
  if (depth === 8 || depth === 16) return undefined;
  if (![1, 2, 4].includes(depth)) return `${depth}-bit integers`;
  return samples === 1 ? undefined : `${samples} channels of ${depth}-bit integers`;
}

function unsupportedChannels(
  directory: TiffDirectory,
  { photometric, colourChannels, compression, samples }: TiffSamples,
): string | undefined {
  const [planes] = directory.values(TAG.planarConfiguration);
  if (planes === SEPARATE_PLANES && isTiled(directory) && samples > 1) return "separate planes in tiles";
  if (photometric === Photometric.separated && directory.values(TAG.inkSet)[0] === OTHER_INKS)
    return "inks other than CMYK";
  if (photometric === Photometric.yCbCr && compression !== JPEG_COMPRESSION) {
    const [across = 2, down = 2] = directory.values(TAG.subsampling);
    if ((across === 1 && down === 1) || (isTiled(directory) && down > 1)) return "YCbCr colours that are not JPEG";
  }
  if (samples < colourChannels || samples > colourChannels + 1) return `${samples} channels`;
  return undefined;
}
