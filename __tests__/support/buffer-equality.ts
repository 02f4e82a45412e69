type EqualityTester = (a: unknown, b: unknown) => boolean | undefined;

/** Jest compares buffers property by property, which takes a second for each photo. */
const sameBytes: EqualityTester = (a, b) => (Buffer.isBuffer(a) && Buffer.isBuffer(b) ? a.equals(b) : undefined);

// The types of Jest 30 lack it.
(expect as unknown as { addEqualityTesters(testers: readonly EqualityTester[]): void }).addEqualityTesters([sameBytes]);
