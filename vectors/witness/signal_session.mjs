// A device of profile signal as spec/ratchet/ratchet.md 2 and 3 and spec/profiles/signal/signal_profile.md tell it; written from those
// pages, for the witness only.
import { createCipheriv, createDecipheriv, createHash, createHmac, createPrivateKey, createPublicKey, diffieHellman, hkdfSync } from 'node:crypto';
import { fits, kyberDecaps, kyberEncaps, kyberKeyGen, ML_KEM_1024 } from './mlkem.mjs';
import { Peer, Refused } from './spqr.mjs';
import { isCanonical, isPrime, judge } from './xeddsa.mjs';

const hex = (text) => Buffer.from(text, 'hex');
const join = (...parts) => Buffer.concat(parts);
const number = (n, bytes) => Buffer.from(n.toString(16).padStart(2 * bytes, '0'), 'hex');
const required = (holds, reason) => { if (!holds) throw new Refused(reason); };
const sha256 = (...parts) => createHash('sha256').update(join(...parts)).digest();
const hmac = (key, ...parts) => createHmac('sha256', key).update(join(...parts)).digest();
const hkdf = (salt, ikm, info, length) => Buffer.from(hkdfSync('sha256', ikm, salt ?? Buffer.alloc(32), Buffer.from(info, 'ascii'), length));

const LABELS = {
  3: { agreement: 'WhisperText', root: 'WhisperRatchet', message: 'WhisperMessageKeys' },
  4: { agreement: 'WhisperText_X25519_SHA-256_CRYSTALS-KYBER-1024', root: 'WhisperRatchet', message: 'WhisperMessageKeys' },
};
export function messageKeys(version, seed, pqKey) {
  const keys = hkdf(pqKey, seed, LABELS[version].message, 80);
  return { cipher: keys.subarray(0, 32), mac: keys.subarray(32, 64), iv: keys.subarray(64) };
}
const JUMP = 25000;
const KEPT = 2000;
const CHAINS = 5;
const THIRTY_DAYS = 30 * 24 * 3600;

// ---- X25519 by the keys of RFC 8410

const PRIVATE = hex('302e020100300506032b656e04220420');
const PUBLIC = hex('302a300506032b656e032100');
const remembered = (make, known = new Map()) => (given) => { // reading a key costs far more than using it
  const key = given.toString('hex');
  if (!known.has(key)) known.set(key, make(given));
  return known.get(key);
};
const privateKey = remembered((secret) => createPrivateKey({ key: join(PRIVATE, secret), format: 'der', type: 'pkcs8' }));
const publicKey = remembered((share) => createPublicKey({ key: join(PUBLIC, share), format: 'der', type: 'spki' }));
export const shareOf = remembered((secret) => createPublicKey(privateKey(secret)).export({ format: 'der', type: 'spki' }).subarray(-32));

function agree(secret, share) {
  try {
    return diffieHellman({ privateKey: privateKey(secret), publicKey: publicKey(share) });
  } catch {
    throw new Refused('dh'); // zeros
  }
}

// ---- 2 and 3 of the profile: encodings and messages

const encoded = (share) => join(Buffer.from([5]), share);

function shareIn(mode, bytes) {
  required(bytes !== undefined && bytes.length >= 33 && bytes[0] === 5, 'parse');
  required(mode === 'compat' || bytes.length === 33, 'length');
  return bytes.subarray(1, 33);
}

function writeVarint(n) {
  const out = [];
  for (; n > 127; n = Math.floor(n / 128)) out.push((n % 128) + 128);
  return Buffer.from([...out, n]);
}

function writeFields(fields) {
  return join(...Object.entries(fields).filter(([, value]) => value !== undefined).map(([no, value]) => (typeof value === 'number'
    ? join(writeVarint(no * 8), writeVarint(value)) : join(writeVarint(no * 8 + 2), writeVarint(value.length), value))));
}

function readFields(bytes, numbers, strings) {
  const fields = {};
  let at = 0;
  const byte = () => { required(at < bytes.length, 'parse'); return bytes[at++]; };
  const varint = () => {
    let value = 0;
    for (let i = 0, b = 128; b > 127; i++) {
      required(i < 10, 'parse');
      b = byte();
      value += (b & 127) * 128 ** i;
    }
    return value;
  };
  while (at < bytes.length) {
    const key = varint();
    const [no, type] = [Math.floor(key / 8), key % 8];
    required(no > 0 && [0, 1, 2, 5].includes(type), 'parse');
    const length = { 1: 8, 5: 4 }[type] ?? (type === 2 ? varint() : 0);
    const value = type === 0 ? varint() : bytes.subarray(at, at + length);
    if (type !== 0) at += length;
    required(at <= bytes.length, 'parse');
    required(!(numbers.includes(no) && type !== 0) && !(strings.includes(no) && type !== 2), 'parse');
    if (numbers.includes(no)) fields[no] = value % 2 ** 32;
    if (strings.includes(no)) fields[no] = value;
  }
  return fields;
}

function read(mode, bytes, numbers, strings) {
  const fields = readFields(bytes, numbers, strings);
  required(mode === 'compat' || writeFields(fields).equals(bytes), 'parse');
  return fields;
}

// ---- 3 of the chapter: the Double Ratchet

class Ratchet {
  constructor(mode, version, root) {
    Object.assign(this, { mode, labels: LABELS[version], root, receiving: [], previous: 0 });
  }
  step(theirs) {
    const both = hkdf(this.root, agree(this.secret, theirs), this.labels.root, 64);
    this.root = both.subarray(0, 32);
    return { key: both.subarray(32), n: 0 };
  }
  turn(theirs, coins) {
    this.previous = this.sending ? this.sending.n : 0;
    this.secret = coins;
    this.sending = this.step(theirs);
  }
  static next(chain) {
    const seed = hmac(chain.key, Buffer.from([1]));
    Object.assign(chain, { key: hmac(chain.key, Buffer.from([2])), n: chain.n + 1 });
    return seed;
  }
  send() {
    const header = { share: shareOf(this.secret), n: this.sending.n, previous: this.mode === 'compat' ? Math.max(this.previous - 1, 0) : this.previous };
    return [header, Ratchet.next(this.sending)];
  }
  static skip(chain, to) {
    while (chain.n < to) { const n = chain.n; chain.kept.set(n, Ratchet.next(chain)); }
    while (chain.kept.size > KEPT) chain.kept.delete(Math.min(...chain.kept.keys()));
  }
  receive({ share, n, previous }, coins) {
    let chain = this.receiving.find((c) => c.share.equals(share));
    const from = chain ? chain.n : 0;
    required(n < from || (n - from <= JUMP && n < 2 ** 32 - 1), 'limit');
    if (!chain) {
      required(this.mode === 'compat' || isCanonical(share), 'parse');
      this.ends(previous);
      chain = { share: Buffer.from(share), kept: new Map(), ...this.step(share) };
      this.receiving = [chain, ...this.receiving].slice(0, CHAINS);
      this.turn(share, coins);
    }
    if (n < chain.n || chain.ended) {
      required(chain.kept.has(n), 'replay');
      const seed = chain.kept.get(n);
      chain.kept.delete(n);
      return seed;
    }
    Ratchet.skip(chain, n);
    return Ratchet.next(chain);
  }
  ends(previous) {
    const [old] = this.receiving;
    if (this.mode === 'compat' || !old || old.ended) return;
    required(Math.max(previous, old.n) - old.n <= JUMP, 'limit');
    Ratchet.skip(old, Math.max(previous, old.n));
    old.ended = true;
  }
}

// ---- the device

const copy = (value) => {
  if (Buffer.isBuffer(value) || value === null || typeof value !== 'object') return value;
  if (value instanceof Map) return new Map(value);
  const made = Object.create(Object.getPrototypeOf(value));
  for (const key of Array.isArray(value) ? value.keys() : Object.keys(value)) made[key] = copy(value[key]);
  return Array.isArray(value) ? [...Object.values(made)] : made;
};

export class Device {
  constructor({ mode, pq, coins, address, their_address: theirAddress, their_identity: theirIdentity, ...ids }) {
    Object.assign(this, { mode, pq, coins, address, theirAddress, theirIdentity, calls: 0, uses: [], session: null });
    this.ids = { registration_id: 4711, signed_prekey_id: 22, one_time_id: 11, kem_id: 33, ...ids };
    this.identity = this.draw('identity', 32);
    this.signedPrekey = this.draw('signed_prekey', 32);
    this.oneTime = this.draw('one_time', 32);
    const kem = this.draw('kem', 64);
    this.kem = { seed: kem, get keys() { this.made ??= kyberKeyGen(kem.subarray(0, 32), kem.subarray(32)); return this.made; } };
  }

  draw(name, length) {
    const blocks = [...Array(length / 32).keys()].map((i) => sha256(this.coins, Buffer.from(name), number(this.calls, 4), Buffer.from([i])));
    return join(...blocks);
  }

  /** Does what a call does, or leaves all as it was. */
  call(work) {
    const before = [this.session && copy(this.session), this.oneTime, this.uses];
    try {
      const out = work();
      this.calls++;
      return out;
    } catch (error) {
      [this.session, this.oneTime, this.uses] = before;
      throw error;
    }
  }

  // ---- 4

  start(bundle, now = 0) {
    this.call(() => {
      const { mode } = this;
      const kem = bundle.kem !== undefined;
      const identity = shareIn(mode, bundle.identity);
      const signed = shareIn(mode, bundle.signed_prekey);
      const oneTime = bundle.one_time && shareIn(mode, bundle.one_time);
      required(!this.theirIdentity || this.theirIdentity.equals(identity), 'untrusted');
      required(judge(mode, identity, bundle.signed_prekey, bundle.signature) === undefined, 'auth');
      required(!kem || judge(mode, identity, bundle.kem, bundle.kem_signature) === undefined, 'auth');
      required(!kem || (bundle.kem.length === 1569 && bundle.kem[0] === 8), 'parse');
      required(!kem || mode === 'compat' || fits(bundle.kem.subarray(1), ML_KEM_1024), 'parse');
      const base = this.draw('base', 32);
      const [shared, ciphertext] = kem ? kyberEncaps(bundle.kem.subarray(1), this.draw('kem_coins', 32)) : [];
      const version = kem ? 4 : 3;
      const agreed = this.agreed(version, [
        agree(this.identity, signed), agree(base, identity), agree(base, signed), ...(oneTime ? [agree(base, oneTime)] : []), ...(kem ? [shared] : [])]);
      const session = this.begin(version, identity, shareOf(base), agreed, true);
      session.ratchet.receiving = [{ share: Buffer.from(signed), kept: new Map(), key: agreed[1], n: 0 }];
      session.ratchet.turn(signed, this.draw('ratchet', 32));
      session.pending = {
        since: now, one_time: oneTime && bundle.one_time_id, signed_prekey: bundle.signed_prekey_id,
        kem: kem ? bundle.kem_id : undefined, ciphertext: kem ? join(Buffer.from([8]), ciphertext) : undefined,
      };
    });
  }

  agreed(version, parts) {
    const out = hkdf(undefined, join(Buffer.alloc(32, 0xff), ...parts), LABELS[version].agreement, 96);
    return [out.subarray(0, 32), out.subarray(32, 64), out.subarray(64)];
  }

  begin(version, theirIdentity, base, [root, , pqKey], initiator) {
    const pq = new Peer(this.mode, version === 4 ? this.pq : 'none', initiator, pqKey);
    this.session = { version, theirIdentity: Buffer.from(theirIdentity), base: Buffer.from(base), pq, ratchet: new Ratchet(this.mode, version, root) };
    return this.session;
  }

  // ---- 5

  keysOf(seed, pqKey) { return messageKeys(this.session.version, seed, pqKey); }

  get bound() { return this.address && this.theirAddress; }

  send(plain, now = 0) {
    return this.call(() => {
      const { session } = this;
      required(session, 'state');
      required(!session.pending || now - session.pending.since <= THIRTY_DAYS, 'expired');
      const [header, seed] = session.ratchet.send();
      const [pqMessage, pqKey] = session.pq.send(this.draw('pq_coins', 64));
      const keys = this.keysOf(seed, pqKey);
      const cipher = createCipheriv('aes-256-cbc', keys.cipher, keys.iv);
      const body = writeFields({
        1: encoded(header.share), 2: header.n, 3: header.previous, 4: join(cipher.update(plain), cipher.final()), 5: pqMessage,
        6: session.pending && this.bound ? join(this.address, this.theirAddress) : undefined,
      });
      const signed = join(Buffer.from([session.version * 17]), body);
      const inner = join(signed, this.macOf(keys, signed, true));
      return { first: session.pending ? 1 : 0, message: session.pending ? this.outer(inner) : inner };
    });
  }

  macOf(keys, signed, sending) {
    const both = [encoded(shareOf(this.identity)), encoded(this.session.theirIdentity)];
    return hmac(keys.mac, ...(sending ? both : both.reverse()), signed).subarray(0, 8);
  }

  outer(inner) {
    const { pending, version, base } = this.session;
    return join(Buffer.from([version * 17]), writeFields({
      1: pending.one_time, 2: encoded(base), 3: encoded(shareOf(this.identity)), 4: inner, 5: this.ids.registration_id, 6: pending.signed_prekey,
      7: pending.kem, 8: pending.ciphertext,
    }));
  }

  /** What the next message will follow from: the keys after the last one that was sent. */
  keysNow() {
    const { ratchet, pq } = this.session;
    const keys = { root: ratchet.root, chain: ratchet.sending.key };
    if (pq.without) return keys;
    const { sending } = pq.chain.epochs[pq.braid.epoch - 1];
    return { ...keys, pq_root: pq.chain.root, pq_next: sending.next, auth_root: pq.braid.auth.root, auth_mac: pq.braid.auth.mac };
  }

  // ---- 6

  receive(message, first) { return this.call(() => (first ? this.takeFirst(message) : this.take(message))); }

  take(message) {
    const { session, mode } = this;
    required(session, 'state');
    required(message !== undefined && message.length >= 9 && message[0] >> 4 === session.version, 'version');
    const signed = message.subarray(0, message.length - 8);
    const m = read(mode, signed.subarray(1), [2, 3], [1, 4, 5, 6]);
    required(m[2] !== undefined, 'parse');
    const share = shareIn(mode, m[1]);
    required(m[4] !== undefined && m[4].length > 0 && m[4].length % 16 === 0, 'length');
    const seed = session.ratchet.receive({ share, n: m[2], previous: m[3] ?? 0 }, this.draw('ratchet', 32));
    const keys = this.keysOf(seed, session.pq.receive(m[5]));
    required(this.macOf(keys, signed, false).equals(message.subarray(message.length - 8)), 'auth');
    required(m[6] === undefined || (this.bound && m[6].equals(join(this.theirAddress, this.address))), 'binding');
    session.pending = undefined;
    try {
      const cipher = createDecipheriv('aes-256-cbc', keys.cipher, keys.iv);
      return join(cipher.update(m[4]), cipher.final());
    } catch {
      throw new Refused('padding');
    }
  }

  // ---- 7

  takeFirst(message) {
    const { mode } = this;
    const version = message.length ? message[0] >> 4 : 0;
    required(version === 3 || version === 4, 'version');
    const m = read(mode, message.subarray(1), [1, 5, 6, 7], [2, 3, 4, 8]);
    required(m[6] !== undefined, 'parse');
    required(version === 3 || m[7] !== undefined, 'version');
    required(version === 3 || (m[8] !== undefined && m[8].length === 1569 && m[8][0] === 8), 'parse');
    const base = shareIn(mode, m[2]);
    const identity = shareIn(mode, m[3]);
    required(!this.theirIdentity || this.theirIdentity.equals(identity), 'untrusted');
    const s = this.session;
    if (!s || s.version !== version || !s.base.equals(base) || !s.theirIdentity.equals(identity)) this.answer(version, m, base, identity);
    return this.take(m[4]);
  }

  answer(version, m, base, identity) {
    required(m[6] === this.ids.signed_prekey_id, 'state');
    required(m[1] === undefined || (this.oneTime && m[1] === this.ids.one_time_id), 'state');
    let shared = [];
    if (version === 4) {
      required(m[7] === this.ids.kem_id, 'state');
      const use = `${m[7]} ${m[6]} ${base.toString('hex')}`;
      required(this.mode === 'compat' || !this.uses.includes(use), 'replay');
      this.uses = [...this.uses, use];
      shared = [kyberDecaps(this.kem.keys, m[8].subarray(1))];
    }
    required(isPrime(base), 'dh');
    const oneTime = m[1] === undefined ? [] : [agree(this.oneTime, base)];
    const agreed = this.agreed(version, [agree(this.signedPrekey, identity), agree(this.identity, base), agree(this.signedPrekey, base), ...oneTime, ...shared]);
    const session = this.begin(version, identity, base, agreed, false);
    Object.assign(session.ratchet, { secret: this.signedPrekey, sending: { key: agreed[1], n: 0 } });
    if (m[1] !== undefined) this.oneTime = undefined;
  }
}
