// The sparse post-quantum ratchet as spec/ratchet/ratchet.md 4 to 7 tells it; written from that page alone, for the witness only.
import { createHmac, hkdfSync } from 'node:crypto';
import { decaps, encapsToHeader, headerFits, headerOf, keyGen, secondHalf } from './mlkem.mjs';

const join = (...parts) => Buffer.concat(parts);
const text = (s) => Buffer.from(s, 'ascii');
const number = (n, bytes) => Buffer.from(BigInt(n).toString(16).padStart(2 * bytes, '0'), 'hex');
const ZEROS = Buffer.alloc(32);
const CHUNK = 32;

export class Refused extends Error {}
const required = (holds, reason) => { if (!holds) throw new Refused(reason); };

const hkdf = (salt, ikm, info, length) => Buffer.from(hkdfSync('sha256', ikm, salt, info, length));
const parts = (bytes) => [...Array(bytes.length / 32).keys()].map((i) => bytes.subarray(32 * i, 32 * i + 32));

// ---- 4 The code, over GF(2^16)

function multiply(a, b) {
  let product = 0;
  for (; b; b >>= 1) {
    if (b & 1) product ^= a;
    a <<= 1;
    if (a & 0x10000) a ^= 0x1100b;
  }
  return product;
}

function invert(a) { // a^(2^16 - 2)
  let result = 1;
  for (let square = a, i = 1; i < 16; i++) {
    square = multiply(square, square);
    result = multiply(result, square);
  }
  return result;
}

/** The chunk at a point, from chunks at as many others as the payload has: { index: chunk }. */
function interpolate(known, x) {
  const points = Object.keys(known).map(Number);
  const out = Buffer.alloc(CHUNK);
  for (const at of points) {
    const others = points.filter((point) => point !== at);
    const above = others.reduce((product, point) => multiply(product, x ^ point), 1);
    const below = others.reduce((product, point) => multiply(product, at ^ point), 1);
    const weight = multiply(above, invert(below));
    for (let i = 0; i < CHUNK; i += 2) out.writeUInt16BE(out.readUInt16BE(i) ^ multiply(known[at].readUInt16BE(i), weight), i);
  }
  return out;
}

const cut = (payload) => Object.fromEntries(parts(payload).map((chunk, i) => [i, chunk]));
export const chunkAt = (payload, index) => (index < payload.length / CHUNK ? cut(payload)[index] : interpolate(cut(payload), index));

class Collected {
  constructor(length) { Object.assign(this, { needs: length / CHUNK, chunks: {} }); }
  /** The payload when the chunk completes it. */
  add(index, chunk) {
    if (Object.keys(this.chunks).length < this.needs) this.chunks[index] ??= chunk;
    if (Object.keys(this.chunks).length < this.needs) return undefined;
    return join(...[...Array(this.needs).keys()].map((i) => this.chunks[i] ?? interpolate(this.chunks, i)));
  }
}

// ---- 5.1 The authenticator and the epoch's secret

const P = 'Signal_PQCKA_V1_MLKEM768';

export class Authenticator {
  constructor() { this.root = ZEROS; }
  update(epoch, key) {
    [this.root, this.mac] = parts(hkdf(ZEROS, join(this.root, key), join(text(`${P}:Authenticator Update`), number(epoch, 8)), 64));
  }
  of(label, epoch, ...what) { return createHmac('sha256', this.mac).update(join(text(P + label), number(epoch, 8), ...what)).digest(); }
  header(epoch, header) { return this.of(':ekheader', epoch, header); }
  ciphertext(epoch, ct1, ct2) { return this.of(':ciphertext', epoch, ct1, ct2); }
}

export const epochSecret = (epoch, secret) => hkdf(ZEROS, secret, join(text(`${P}:SCKA Key`), number(epoch, 8)), 32);

// ---- 5.2 to 5.4 The braid

const [NOTHING, HDR, EK, EK_CT1_ACK, CT1_ACK, CT1, CT2] = [0, 1, 2, 3, 4, 5, 6];
const SENDS = {
  KeysSampled: HDR, HeaderSent: EK, Ct1Received: EK_CT1_ACK, EkSentCt1Received: CT1_ACK, NoHeaderReceived: NOTHING,
  Ct1Sampled: CT1, EkReceivedCt1Sampled: CT1, Ct1Acknowledged: NOTHING, Ct2Sampled: CT2,
};
const hasChunk = (type) => type !== NOTHING && type !== CT1_ACK;

class Braid {
  constructor(initiator, key) {
    this.epoch = 1;
    this.auth = new Authenticator();
    this.auth.update(1, key);
    this.state = initiator ? 'KeysUnsampled' : 'NoHeaderReceived';
    if (!initiator) this.collected = new Collected(96);
  }

  offer(payload) { Object.assign(this, { payload, next: 0 }); }

  settle(secret) {
    const key = epochSecret(this.epoch, secret);
    this.auth.update(this.epoch, key);
    return { epoch: this.epoch, key };
  }

  /** [piece, secret or nothing] */
  send(coins) {
    let secret;
    if (this.state === 'KeysUnsampled') {
      this.keys = keyGen(coins.subarray(0, 32), coins.subarray(32));
      [this.header, this.t] = headerOf(this.keys.ek);
      this.offer(join(this.header, this.auth.header(this.epoch, this.header)));
      this.state = 'KeysSampled';
    } else if (this.state === 'HeaderReceived') {
      this.m = coins.subarray(0, 32);
      const [shared, ct1] = encapsToHeader(this.header, this.m);
      this.ct1 = ct1;
      secret = this.settle(shared);
      this.offer(ct1);
      this.collected = new Collected(1152);
      this.state = 'Ct1Sampled';
    }
    const piece = { epoch: this.epoch, type: SENDS[this.state] };
    if (hasChunk(piece.type)) {
      Object.assign(piece, { index: this.next, chunk: chunkAt(this.payload, this.next) });
      this.next = (this.next + 1) % 65536;
    }
    return [piece, secret];
  }

  takesKey(t, acknowledged) {
    required(headerFits(this.header, t), 'auth');
    this.t = t;
    this.state = 'EkReceivedCt1Sampled';
    if (acknowledged) this.makesSecondHalf();
  }

  makesSecondHalf() {
    const ct2 = secondHalf(this.header, this.t, this.m);
    this.offer(join(ct2, this.auth.ciphertext(this.epoch, this.ct1, ct2)));
    this.state = 'Ct2Sampled';
  }

  takesCiphertext(payload) {
    const ct2 = payload.subarray(0, 128);
    const secret = this.settle(decaps(this.keys, join(this.ct1, ct2)));
    required(this.auth.ciphertext(this.epoch, this.ct1, ct2).equals(payload.subarray(128)), 'auth');
    this.epoch++;
    this.collected = new Collected(96);
    this.state = 'NoHeaderReceived';
    return secret;
  }

  /** The epoch's secret, or nothing. */
  receive({ epoch, type, index, chunk }) {
    const next = this.state === 'Ct2Sampled' && epoch === this.epoch + 1;
    required(epoch <= this.epoch || next, 'order');
    if (next) Object.assign(this, { epoch, state: 'KeysUnsampled' });
    if (epoch < this.epoch) return undefined;
    if (this.state === 'KeysSampled' && type === CT1) {
      this.offer(this.t);
      this.collected = new Collected(960);
      this.state = 'HeaderSent';
    }
    if (this.state === 'Ct1Received' && type === CT2) {
      this.collected = new Collected(160);
      this.state = 'EkSentCt1Received';
    }
    return this.collects(type, index, chunk);
  }

  collects(type, index, chunk) {
    const acknowledges = type === CT1_ACK || type === EK_CT1_ACK;
    const got = (of) => of.includes(type) && this.collected.add(index, chunk);
    let payload;
    switch (this.state) {
      case 'HeaderSent':
        if ((payload = got([CT1]))) Object.assign(this, { ct1: payload, state: 'Ct1Received' });
        break;
      case 'EkSentCt1Received':
        if ((payload = got([CT2]))) return this.takesCiphertext(payload);
        break;
      case 'NoHeaderReceived':
        if ((payload = got([HDR]))) {
          this.header = payload.subarray(0, 64);
          required(this.auth.header(this.epoch, this.header).equals(payload.subarray(64)), 'auth');
          this.state = 'HeaderReceived';
        }
        break;
      case 'Ct1Sampled':
        if ((payload = got([EK, EK_CT1_ACK]))) this.takesKey(payload, acknowledges);
        else if (type === EK_CT1_ACK) this.state = 'Ct1Acknowledged';
        break;
      case 'EkReceivedCt1Sampled':
        if (acknowledges) this.makesSecondHalf();
        break;
      case 'Ct1Acknowledged':
        if ((payload = got([EK, EK_CT1_ACK]))) this.takesKey(payload, true);
        break;
      default:
    }
    return undefined;
  }
}

// ---- 6 The chain

const JUMP = 25000;

export class Chain {
  constructor(initiator, key) {
    Object.assign(this, { initiator, epochs: {} });
    this.add(0, hkdf(ZEROS, key, text('Signal PQ Ratchet V1 Chain  Start'), 96));
  }
  add(epoch, keys) {
    const [root, toResponder, toInitiator] = parts(keys);
    const half = (next) => ({ next, n: 0, kept: new Map() });
    this.root = root;
    this.epochs[epoch] = this.initiator
      ? { sending: half(toResponder), receiving: half(toInitiator) } : { sending: half(toInitiator), receiving: half(toResponder) };
  }
  addEpoch({ epoch, key }) { this.add(epoch, hkdf(this.root, key, text('Signal PQ Ratchet V1 Chain Add Epoch'), 96)); }
  static step(half) {
    const [next, key] = parts(hkdf(ZEROS, half.next, join(number(half.n + 1, 4), text('Signal PQ Ratchet V1 Chain Next')), 64));
    Object.assign(half, { next, n: half.n + 1 });
    return key;
  }
  send(epoch) {
    const half = this.epochs[epoch].sending;
    const key = Chain.step(half);
    return [half.n, key];
  }
  receive(epoch, n) {
    required(this.epochs[epoch], 'state');
    const half = this.epochs[epoch].receiving;
    if (n <= half.n) {
      const key = half.kept.get(n);
      required(key, 'replay');
      half.kept.delete(n);
      return key;
    }
    required(n - half.n - 1 < JUMP, 'limit');
    while (half.n + 1 < n) { const key = Chain.step(half); half.kept.set(half.n, key); }
    return Chain.step(half);
  }
}

// ---- 7 The peer

function writeVarint(n) {
  const out = [];
  for (; n > 127; n = Math.floor(n / 128)) out.push((n % 128) + 128);
  return Buffer.from([...out, n]);
}

class Reader {
  constructor(bytes, strict) { Object.assign(this, { bytes, strict, at: 0 }); }
  take(n) {
    required(this.at + n <= this.bytes.length, 'parse');
    this.at += n;
    return this.bytes.subarray(this.at - n, this.at);
  }
  byte() { return this.take(1)[0]; }
  varint() {
    let value = 0;
    for (let i = 0, b = 128; b > 127; i++) {
      b = this.byte();
      required(i < 8, 'parse');
      required(!this.strict || i === 0 || b !== 0, 'parse');
      value += (b & 127) * 128 ** i;
    }
    return value;
  }
}

/** level: none, optional, required. */
export class Peer {
  constructor(mode, level, initiator, key) {
    Object.assign(this, { strict: mode === 'strict', level, without: level === 'none', heard: false });
    if (this.without) return;
    this.braid = new Braid(initiator, key);
    this.chain = new Chain(initiator, key);
  }

  get undecided() { return this.level === 'optional' && !this.heard; }

  /** [message, key]; nothing when there is none. */
  send(coins) {
    if (this.without) return [];
    const [piece, secret] = this.braid.send(coins);
    if (secret) this.chain.addEpoch(secret);
    const [n, key] = this.undecided ? [0] : this.chain.send(piece.epoch - 1);
    const chunk = piece.chunk ? [writeVarint(piece.index), piece.chunk] : [];
    return [join(Buffer.from([1]), writeVarint(piece.epoch), writeVarint(n), Buffer.from([piece.type]), ...chunk), key];
  }

  receive(message) {
    if (message === undefined || message.length === 0) {
      required(this.without || this.undecided, 'version');
      this.without = true;
      return undefined;
    }
    if (this.without) return undefined;
    const r = new Reader(message, this.strict);
    required(r.byte() === 1, 'parse');
    const [epoch, n, type] = [r.varint(), r.varint(), r.byte()];
    required(epoch >= 1 && n < 2 ** 32 && type <= CT2, 'parse');
    const [index, chunk] = hasChunk(type) ? [r.varint(), r.take(CHUNK)] : [0];
    required(index < 65536 && (!this.strict || r.at === message.length), 'parse');
    const secret = this.braid.receive({ epoch, type, index, chunk });
    if (secret) this.chain.addEpoch(secret);
    this.heard = true;
    if (n === 0) {
      required(this.level === 'optional' && epoch === 1, 'version');
      return undefined;
    }
    return this.chain.receive(epoch - 1, n);
  }
}
