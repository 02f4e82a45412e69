/** Above surrogates in UTF-16, below them in UTF-8: shifts code units so that their order is that of code points. */
const codePointRank = (unit: number) => (unit < 0xd800 ? unit : unit >= 0xe000 ? unit - 0x800 : unit + 0x2000);

/** Order of the UTF-8 bytes of two texts, which is the order of S3's listings. */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const unitOfA = a.charCodeAt(index);
    const unitOfB = b.charCodeAt(index);
    if (unitOfA !== unitOfB) return codePointRank(unitOfA) - codePointRank(unitOfB);
  }
  return a.length - b.length;
}

/** A map whose keys are kept in the order of their UTF-8 bytes. */
export class SortedKeys<Value> {
  private readonly values: Map<string, Value>;
  private readonly sorted: string[];

  constructor(entries: Iterable<readonly [string, Value]> = []) {
    this.values = new Map(entries);
    this.sorted = [...this.values.keys()].sort(compareUtf8);
  }

  get(key: string): Value | undefined {
    return this.values.get(key);
  }

  set(key: string, value: Value): void {
    if (!this.values.has(key))
      this.sorted.splice(
        this.firstIndexWhere((other) => compareUtf8(other, key) > 0),
        0,
        key,
      );
    this.values.set(key, value);
  }

  delete(key: string): void {
    if (this.values.delete(key))
      this.sorted.splice(
        this.firstIndexWhere((other) => compareUtf8(other, key) >= 0),
        1,
      );
  }

  keyAt(index: number): string | undefined {
    return this.sorted[index];
  }

  /** The first index from which on `holds` is true; it must be false for all keys before and true for all after. */
  firstIndexWhere(holds: (key: string) => boolean): number {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (holds(this.sorted[middle] as string)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
