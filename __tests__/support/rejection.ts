import { RejectedImage } from "../../lambda-src/images/formats/rejected-image";

/** The code that an image was rejected with. Anything else that was thrown, or nothing, is no rejection. */
export async function rejectionOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof RejectedImage) return error.code;
    throw error;
  }
  return "not rejected";
}
