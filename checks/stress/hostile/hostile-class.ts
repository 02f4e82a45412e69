/** One way of a format to make a decoder inflate, copy or allocate more than the file has. */
export interface HostileClass {
  readonly name: string;
  /** The worst file of its kind with at most so many bytes. */
  bytes(maxBytes: number): Buffer | Promise<Buffer>;
}
