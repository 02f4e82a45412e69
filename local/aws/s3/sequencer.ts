import { readFileSync } from "node:fs";
import { writeDurablySync } from "../storage/durable-file";

const RESERVED_AT_ONCE = 1n << 20n;

function readReserved(file: string): bigint {
  try {
    return BigInt(readFileSync(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0n;
    throw error;
  }
}

/**
 * The sequencers of events: each is greater than all before it, also those before a restart or a clock that was set back.
 * Numbers are reserved in the file before they are used. They begin at the clock, so that a store that was deleted does not
 * repeat the sequencers, and with them the identities, of the one before it.
 */
export class Sequencer {
  private next: bigint;
  private reserved: bigint;

  constructor(
    private readonly file: string,
    nowMs: number,
  ) {
    const fromClock = BigInt(nowMs) << 20n;
    this.reserved = readReserved(file);
    this.next = this.reserved > fromClock ? this.reserved : fromClock;
    this.reserve();
  }

  /** 18 hexadecimal digits: their order as text is their order as numbers. */
  take(): string {
    if (this.next === this.reserved) this.reserve();
    return (this.next++).toString(16).toUpperCase().padStart(18, "0");
  }

  private reserve(): void {
    this.reserved = this.next + RESERVED_AT_ONCE;
    writeDurablySync(this.file, this.reserved.toString());
  }
}
