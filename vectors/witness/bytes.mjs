// Bytes in and out, for the witnesses of profile parley1: big-endian integers, lengths before contents, rows; and what a refusal is.
export const join = (...parts) => Buffer.concat(parts);
export const be = (value, n) => Buffer.from(BigInt(value).toString(16).padStart(2 * n, '0'), 'hex');
export const text0 = (text) => Buffer.from(`${text}\0`, 'latin1');
export const b8 = (data) => join(be(data.length, 1), data);
export const b16 = (data) => join(be(data.length, 2), data);
export const b32 = (data) => join(be(data.length, 4), data);
export const NONE = Buffer.alloc(0);

/** What a peer can cause: the sentence that refuses it. The words for reasons stand in the prose beside the sentence. */
export class Rejected extends Error {
  constructor(site) {
    super(site);
    this.site = site;
  }
}

export function demand(holds, site) {
  if (!holds) throw new Rejected(site);
}

/** Reads from front to back; `short` is called when there is less than is asked for, or more at the end. */
export function reader(bytes, short) {
  let at = 0;
  const take = (n) => {
    if (at + n > bytes.length) short();
    return bytes.subarray(at, (at += n));
  };
  const number = (n) => Number(BigInt(`0x${take(n).toString('hex')}`));
  return {
    take, number,
    big: () => take(8).readBigUInt64BE(0),
    b8: () => take(number(1)),
    b16: () => take(number(2)),
    b32: () => take(number(4)),
    row: (read) => Array.from({ length: number(2) }, read),
    rest: () => take(bytes.length - at),
    at: () => at,
    done: () => at === bytes.length || short(),
  };
}
