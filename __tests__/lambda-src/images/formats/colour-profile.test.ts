import fc from "fast-check";
import { quarters } from "../../../../checks/images/pictures";
import { decodeImage } from "../../../../lambda-src/images/decode";
import { isAffordableProfile } from "../../../../lambda-src/images/formats/colour-profile";
import { profileOf } from "../../../support/rgb-profiles";

const LIMITS = { maxPixels: 50_000_000, memoryBudgetBytes: 600_000_000 };

/** A profile with one more tag, which points at the profile's own first bytes after the table. */
async function withTag(signature: string, type: string): Promise<Buffer> {
  const profile = await profileOf("p3");
  const changed = Buffer.from(profile);
  changed.write(signature, 132, "latin1");
  changed.write(type, changed.readUInt32BE(136), "latin1");
  return changed;
}

describe("isAffordableProfile", () => {
  test.each(["srgb", "p3", "cmyk"])("takes sharp's %s", async (name) => {
    expect(isAffordableProfile(await profileOf(name))).toBe(true);
  });

  test.each([
    ["D2B0", "curv"],
    ["B2D3", "curv"],
    ["rTRC", "mpet"],
  ])("refuses a tag %s of type %s", async (signature, type) => {
    expect(isAffordableProfile(await withTag(signature, type))).toBe(false);
  });

  test("refuses what is larger than any printer's, cut short, or a table longer than the profile", async () => {
    const profile = await profileOf("p3");
    const long = Buffer.from(profile);
    long.writeUInt32BE(190, 128);
    expect(isAffordableProfile(Buffer.concat([profile, Buffer.alloc(5_000_000)]))).toBe(false);
    expect(isAffordableProfile(profile.subarray(0, 100))).toBe(false);
    expect(isAffordableProfile(long)).toBe(false);
  });

  test("judges any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(typeof isAffordableProfile(Buffer.from(bytes))).toBe("boolean");
      }),
    );
  });
});

test("an image whose profile is refused is decoded without it", async () => {
  const plain = await quarters(96, 64).withIccProfile("p3").jpeg().toBuffer();
  const offset = plain.indexOf("rTRC");
  const hostile = Buffer.from(plain);
  hostile.write("D2B0", offset, "latin1");
  const { dimensions } = await decodeImage(hostile, [{ width: 50, height: 50 }], LIMITS);
  expect(dimensions).toEqual({ width: 96, height: 64 });
});
