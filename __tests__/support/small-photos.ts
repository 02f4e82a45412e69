import sharp from "sharp";

/** Small photos in several colours, by name. */
export async function smallPhotos(count: number): Promise<readonly { name: string; base64: string }[]> {
  const hues = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      sharp({ create: { width: 160, height: 120, channels: 3, background: `hsl(${index * 45}, 60%, 50%)` } })
        .jpeg()
        .toBuffer(),
    ),
  );
  return Array.from({ length: count }, (_, index) => ({
    name: `photo-${String(index).padStart(4, "0")}.jpg`,
    base64: (hues[index % hues.length] ?? Buffer.alloc(0)).toString("base64"),
  }));
}
