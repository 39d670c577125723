// DER (X.690) as far as chains and lists of GPUs need it: a value is { tag, body, whole }.
export class Malformed extends Error {}

const need = (holds) => {
  if (!holds) throw new Malformed('DER');
};

function readAt(bytes, at) {
  need(bytes.length >= at + 2 && (bytes[at] & 0x1f) !== 0x1f);
  const first = bytes[at + 1];
  const more = first < 0x80 ? 0 : first & 0x7f; // bytes of the length
  need(more <= 2 && first !== 0x80 && bytes.length >= at + 2 + more);
  const n = more === 0 ? first : bytes.readUIntBE(at + 2, more);
  const from = at + 2 + more;
  need((more === 0 || n >= (more === 1 ? 0x80 : 0x100)) && bytes.length >= from + n);
  return { tag: bytes[at], body: bytes.subarray(from, from + n), whole: bytes.subarray(at, from + n) };
}

export function readDer(bytes) { // one value and nothing behind it
  const value = readAt(bytes, 0);
  need(value.whole.length === bytes.length);
  return value;
}

export function partsOf(value, tag = 0x30) { // what a SEQUENCE, or another constructed value, holds
  need(value?.tag === tag);
  const parts = [];
  for (let at = 0; at < value.body.length; at += parts.at(-1).whole.length) parts.push(readAt(value.body, at));
  return parts;
}

export function oidOf(value) { // in dotted decimal, arcs below 2^53
  need(value?.tag === 6 && value.body.length > 0);
  const [head, ...arcs] = value.body.reduce(([done, arc], byte) => (
    byte < 0x80 ? [[...done, arc * 128 + byte], 0] : [done, arc * 128 + (byte - 0x80)]), [[], 0])[0];
  const top = Math.min(2, Math.floor(head / 40));
  return [top, head - 40 * top, ...arcs].join('.');
}

export function bitsOf(value) { // a BIT STRING of whole bytes
  need(value?.tag === 3 && value.body[0] === 0);
  return value.body.subarray(1);
}

export function timeOf({ tag, body }) { // UTCTime or GeneralizedTime, as seconds since 1970
  const text = body.toString('latin1');
  need((tag === 0x17 && /^\d{12}Z$/.test(text)) || (tag === 0x18 && /^\d{14}Z$/.test(text)));
  const full = tag === 0x18 ? text : (text < '50' ? '20' : '19') + text;
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(full);
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  need(!Number.isNaN(ms));
  return ms / 1000;
}
