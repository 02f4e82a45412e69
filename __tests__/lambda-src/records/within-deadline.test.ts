import { getEventListeners } from "node:events";
import { RejectedImage } from "../../../lambda-src/images/formats/rejected-image";
import { TransientFailure } from "../../../lambda-src/records/errors";
import { withinDeadline } from "../../../lambda-src/records/within-deadline";

const never = () => new Promise<never>(() => {});
const deadline = expect.objectContaining({ name: "TransientFailure", code: "DEADLINE" });

describe("withinDeadline", () => {
  test("gives the work's value, and leaves no listener behind", async () => {
    const { signal } = new AbortController();
    await expect(withinDeadline(signal, "counting", async () => 7)).resolves.toBe(7);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  test("passes the work's own error on", async () => {
    const error = new RejectedImage("EMPTY", "nothing");
    const { signal } = new AbortController();
    await expect(withinDeadline(signal, "counting", () => Promise.reject(error))).rejects.toBe(error);
  });

  test("ends with DEADLINE as soon as the signal aborts, though the work goes on", async () => {
    const controller = new AbortController();
    const outcome = withinDeadline(controller.signal, "counting", never);
    controller.abort();
    await expect(outcome).rejects.toEqual(deadline);
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  });

  test("says what was going on when the deadline passed", async () => {
    const controller = new AbortController();
    let phase = "counting";
    const outcome = withinDeadline(controller.signal, () => phase, never);
    phase = "sorting";
    controller.abort();
    await expect(outcome).rejects.toThrow("the function's own deadline passed while sorting");
  });

  test("does not start work after the deadline", async () => {
    const work = jest.fn(never);
    await expect(withinDeadline(AbortSignal.abort(), "counting", work)).rejects.toEqual(deadline);
    expect(work).not.toHaveBeenCalled();
  });

  test("calls it DEADLINE when a client reports the abort in its own words", async () => {
    const controller = new AbortController();
    const outcome = withinDeadline(controller.signal, "counting", async () => {
      controller.abort();
      throw new Error("AbortError");
    });
    await expect(outcome).rejects.toEqual(deadline);
  });

  test("keeps a transient code that the work found just before the deadline", async () => {
    const controller = new AbortController();
    const error = new TransientFailure("SHORT_READ", "cut");
    const outcome = withinDeadline(controller.signal, "counting", () => {
      const failed = Promise.reject(error);
      queueMicrotask(() => controller.abort());
      return failed;
    });
    await expect(outcome).rejects.toBe(error);
  });
});
