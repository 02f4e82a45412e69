/** What SDR white is on an HDR screen, in cd/m2. @see ITU-R BT.2408, 2.1 */
const REFERENCE_WHITE = 203;
/** In cd/m2. */
const PQ_PEAK = 10_000;
/** Of the screen that HLG is shown on when nothing else is known, in cd/m2; its gamma belongs to it. */
const HLG_PEAK = 1000;
const HLG_GAMMA = 1.2;

const PQ = 16;
const HLG = 18;

/**
 * By ITU-T H.273's numbers: from the encoded value, 0 to 1, to light; 1 is SDR white, but for HLG, whose light is that of the
 * scene. Numbers that are missing here are shown as sRGB, or not at all.
 * @see https://www.itu.int/rec/T-REC-H.273
 */
const TRANSFERS: Readonly<Record<number, (encoded: number) => number>> = {
  4: (x) => x ** 2.2,
  5: (x) => x ** 2.8,
  8: (x) => x,
  [PQ]: (x) => (pqLight(x) * PQ_PEAK) / REFERENCE_WHITE,
  17: (x) => (x ** 2.6 * 52.37) / 48,
  [HLG]: (x) => (x <= 0.5 ? x ** 2 / 3 : (Math.exp((x - 0.55991073) / 0.17883277) + 0.28466892) / 12),
};

/** Those that are shown as sRGB is: its own, video's, which everyone takes for sRGB's, and none. */
const AS_SRGB: readonly number[] = [0, 1, 2, 3, 6, 7, 11, 12, 13, 14, 15];

export const isHdrTransfer = (transfer: number): boolean => transfer === PQ || transfer === HLG;
export const isSrgbTransfer = (transfer: number): boolean => AS_SRGB.includes(transfer);
/** Whether it is known what the encoded values mean. */
export const isKnownTransfer = (transfer: number): boolean => isSrgbTransfer(transfer) || transfer in TRANSFERS;

/** From the encoded value, 0 to 1, to light. */
export const transferOf = (transfer: number): ((encoded: number) => number) => TRANSFERS[transfer] ?? srgbLight;

/**
 * From the scene's light to the screen's; all channels of a pixel by the same. 1 for other transfers.
 * @see ITU-R BT.2100, table 5
 */
export function screenGain(transfer: number, red: number, green: number, blue: number): number {
  if (transfer !== HLG) return 1;
  const luminance = 0.2627 * red + 0.678 * green + 0.0593 * blue;
  return (HLG_PEAK / REFERENCE_WHITE) * luminance ** (HLG_GAMMA - 1);
}

/** Middle grey: up to it a picture looks the same on either screen. */
const KNEE = 0.18;

/**
 * How much of its light a pixel keeps when white is as bright as the screen, by its brightest channel: nothing changes up to
 * middle grey; from there on Reinhard's curve, as browsers use it, bends highlights towards white. The curve and its knee were
 * chosen by one HDR photograph with a published SDR grade and by a chart; other grades differ more.
 * @param peak the brightest of the picture, 1 being SDR white: a picture without highlights stays as it is
 * @see https://www-old.cs.utah.edu/docs/techreports/2002/pdf/UUCS-02-001.pdf, equation 4
 */
export function toneMap(peak: number): (brightest: number) => number {
  if (peak <= 1) return () => 1;
  const span = 1 - KNEE;
  const whitest = (peak - KNEE) / span;
  return (brightest) => {
    if (brightest <= KNEE) return 1;
    const above = (brightest - KNEE) / span;
    return (KNEE + (span * above * (1 + above / whitest ** 2)) / (1 + above)) / brightest;
  };
}

const PQ_M1 = 2610 / 16_384;
const PQ_M2 = (2523 / 4096) * 128;
const PQ_C1 = 3424 / 4096;
const PQ_C2 = (2413 / 4096) * 32;
const PQ_C3 = (2392 / 4096) * 32;

/** Light as a share of 10,000 cd/m2. @see SMPTE ST 2084 */
function pqLight(code: number): number {
  const power = code ** (1 / PQ_M2);
  return (Math.max(0, power - PQ_C1) / (PQ_C2 - PQ_C3 * power)) ** (1 / PQ_M1);
}

const srgbLight = (x: number): number => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);

/** sRGB's encoding of light from 0 to 1. */
export const srgbCode = (light: number): number =>
  light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055;
