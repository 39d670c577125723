// What the witnesses use of Node's Buffer, and no more, over Uint8Array.
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const view = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

const READERS = {
  hex: (text) => (text.match(/^([0-9a-f]{2})*/i)[0].match(/../g) ?? []).map((pair) => parseInt(pair, 16)),
  latin1: (text) => [...text].map((letter) => letter.charCodeAt(0) & 255),
  utf8: (text) => new TextEncoder().encode(text),
  base64: (text) => {
    try {
      return READERS.latin1(atob(text.replace(/=+$/, '')));
    } catch {
      return [];
    }
  },
};
READERS.ascii = READERS.latin1;

const latin1 = (bytes) => bytes.reduce((text, byte) => text + String.fromCharCode(byte), '');
const WRITERS = {
  hex: (bytes) => bytes.reduce((text, byte) => text + HEX[byte], ''),
  latin1,
  utf8: (bytes) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes),
  base64: (bytes) => btoa(latin1(bytes)),
};

export class Buffer extends Uint8Array {
  static from(given, how = 'utf8', length = undefined) {
    if (typeof given === 'string') return super.from(READERS[how](given));
    return given instanceof ArrayBuffer ? new Buffer(given, how === 'utf8' ? 0 : how, length) : super.from(given);
  }

  static of(...bytes) {
    return super.from(bytes);
  }

  static alloc(n) {
    return new Buffer(n);
  }

  static concat(parts) {
    const all = new Buffer(parts.reduce((n, part) => n + part.length, 0));
    parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
    return all;
  }

  static byteLength(text) {
    return READERS.utf8(text).length;
  }

  static isBuffer(value) {
    return value instanceof Buffer;
  }

  static compare(a, b) {
    for (let i = 0; i < a.length && i < b.length; i++) if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1;
    return Math.sign(a.length - b.length);
  }

  equals(other) {
    return Buffer.compare(this, other) === 0;
  }

  toString(how = 'utf8') {
    return WRITERS[how](this);
  }

  copy(target, at) {
    target.set(this, at);
  }

  readUInt16BE(at = 0) {
    return view(this).getUint16(at);
  }

  readUInt32BE(at = 0) {
    return view(this).getUint32(at);
  }

  readUInt32LE(at = 0) {
    return view(this).getUint32(at, true);
  }

  readBigUInt64BE(at = 0) {
    return view(this).getBigUint64(at);
  }

  readBigUInt64LE(at = 0) {
    return view(this).getBigUint64(at, true);
  }

  readUIntBE(at, n) {
    return this.subarray(at, at + n).reduce((value, byte) => value * 256 + byte, 0);
  }

  readUIntLE(at, n) {
    return this.subarray(at, at + n).reduceRight((value, byte) => value * 256 + byte, 0);
  }

  readUInt16LE(at = 0) {
    return view(this).getUint16(at, true);
  }

  writeUInt32BE(value, at = 0) {
    view(this).setUint32(at, value);
  }

  writeBigUInt64BE(value, at = 0) {
    view(this).setBigUint64(at, value);
  }

  writeBigUInt64LE(value, at = 0) {
    view(this).setBigUint64(at, value, true);
  }
}
