const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;

/** Far more than animations have. A later frame decides no more than whether the image has alpha at all. */
export const MAX_WEBP_FRAMES = 1000;

/**
 * A WebP without the frames after its thousandth. Before libwebp decodes the first one it looks for each of them from the start
 * on: 10 MB of tiny ones took minutes. Comes back as it is when it has fewer.
 * @see https://developers.google.com/speed/webp/docs/riff_container
 */
export function webpFirstFrames(bytes: Buffer): Buffer {
  let frames = 0;
  for (let start = RIFF_HEADER_BYTES; start + CHUNK_HEADER_BYTES <= bytes.length; ) {
    if (bytes.toString("latin1", start, start + 4) === "ANMF") {
      if (frames === MAX_WEBP_FRAMES) return endingAt(bytes, start);
      frames += 1;
    }
    const length = bytes.readUInt32LE(start + 4);
    // Chunks of an odd length are followed by a byte of padding.
    start += CHUNK_HEADER_BYTES + length + (length % 2);
  }
  return bytes;
}

function endingAt(bytes: Buffer, end: number): Buffer {
  const part = Buffer.from(bytes.subarray(0, end));
  part.writeUInt32LE(end - CHUNK_HEADER_BYTES, 4);
  return part;
}
