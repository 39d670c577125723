// Noise as spec/noise/noise.md tells it, section by section and in its words; written from that page alone.
import { createCipheriv, createDecipheriv, createHash, createHmac, createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto';
import { CIPHERTEXT, decaps, EK, encaps, fits, keyGen } from './mlkem.mjs';

const bytes = (text) => Buffer.from(text, 'hex');
const join = (...parts) => Buffer.concat(parts);
const zeros = (length) => Buffer.alloc(length);
const EMPTY = zeros(0);
const SHARE = 32;
const TAG = 16;
const LONGEST = 65535;
const KEPT_FOR_REKEY = 2n ** 64n - 1n;

/** What a peer can cause; the message is the reason word. */
export class Rejected extends Error {
  constructor(reason, site) {
    super(reason);
    this.site = site;
  }
}

function required(holds, reason, site) {
  if (!holds) throw new Rejected(reason, site);
}

function answered(compute, reason, site) {
  try {
    return compute();
  } catch {
    throw new Rejected(reason, site);
  }
}

// ---- 1. Names and functions

const PATTERNS = { // 5.2: the tokens of each message, the initiator's first
  XX: [['e'], ['e', 'ee', 's', 'es'], ['s', 'se']],
  NX: [['e'], ['e', 'ee', 's', 'es']],
  NK: [['e', 'es'], ['e', 'ee']],
  IK: [['e', 'es', 's', 'ss'], ['e', 'ee', 'se']],
  XXhfs: [['e', 'e1'], ['e', 'ee', 'ekem1', 's', 'es'], ['s', 'se']],
  NXhfs: [['e', 'e1'], ['e', 'ee', 'ekem1', 's', 'es']],
  NKhfs: [['e', 'es', 'e1'], ['e', 'ee', 'ekem1']],
  IKhfs: [['e', 'es', 'e1', 's', 'ss'], ['e', 'ee', 'ekem1', 'se']],
};
const KNOWS_RESPONDER = ['NK', 'IK', 'NKhfs', 'IKhfs'];
const agreementsOf = (pattern) => (pattern.endsWith('hfs') ? '25519+MLKEM768' : '25519');
export const CIPHERS = { ChaChaPoly: 'chacha20-poly1305', AESGCM: 'aes-256-gcm' };
export const HASHES = { SHA256: 'sha256', SHA512: 'sha512', BLAKE2s: 'blake2s256', BLAKE2b: 'blake2b512' };

function suiteNamed(name) {
  for (const pattern in PATTERNS)
    for (const cipher in CIPHERS)
      for (const hash in HASHES)
        if (name === `Noise_${pattern}_${agreementsOf(pattern)}_${cipher}_${hash}`) return { name, pattern, cipher, hash };
  throw new Rejected('suite');
}

// The library takes keys in the DER of RFC 8410: a fixed prefix, then the 32 bytes. Reading a key costs it far more than
// using one, and vectors use the same few.
const PRIVATE = bytes('302e020100300506032b656e04220420');
const PUBLIC = bytes('302a300506032b656e032100');
const privateKey = remembered((secret) => createPrivateKey({ key: join(PRIVATE, secret), format: 'der', type: 'pkcs8' }));
const publicKey = remembered((share) => createPublicKey({ key: join(PUBLIC, share), format: 'der', type: 'spki' }));
export const shareOf = remembered((secret) => createPublicKey(privateKey(secret)).export({ format: 'der', type: 'spki' }).subarray(-SHARE));

function remembered(make) {
  const made = new Map();
  return (from) => {
    const name = from.toString('hex');
    if (!made.has(name)) made.set(name, make(from));
    return made.get(name);
  };
}

function DH(secret, share) {
  const keys = { privateKey: privateKey(secret), publicKey: publicKey(share) };
  const agreement = answered(() => diffieHellman(keys), 'dh', 'NZ-031'); // some versions refuse 32 zero bytes by themselves
  required(!agreement.equals(zeros(SHARE)), 'dh', 'NZ-031');
  return agreement;
}

// ---- 2. CipherState

class CipherState {
  constructor(cipher) {
    this.cipher = cipher;
    this.k = null;
    this.n = 0n;
  }

  initializeKey(key) {
    this.k = key;
    this.n = 0n;
  }

  nonce(n) {
    const nonce = zeros(12);
    if (this.cipher === 'AESGCM') nonce.writeBigUInt64BE(n, 4);
    else nonce.writeBigUInt64LE(n, 4);
    return nonce;
  }

  ENCRYPT(n, ad, plaintext) {
    const aead = createCipheriv(CIPHERS[this.cipher], this.k, this.nonce(n), { authTagLength: TAG }).setAAD(ad);
    return join(aead.update(plaintext), aead.final(), aead.getAuthTag());
  }

  DECRYPT(n, ad, sealed) {
    const aead = createDecipheriv(CIPHERS[this.cipher], this.k, this.nonce(n), { authTagLength: TAG }).setAAD(ad);
    aead.setAuthTag(sealed.subarray(-TAG));
    return answered(() => join(aead.update(sealed.subarray(0, -TAG)), aead.final()), 'auth', 'NZ-006');
  }

  encryptWithAd(ad, plaintext) {
    if (!this.k) return plaintext;
    required(this.n < KEPT_FOR_REKEY, 'limit');
    const sealed = this.ENCRYPT(this.n, ad, plaintext);
    this.n += 1n;
    return sealed;
  }

  decryptWithAd(ad, sealed) {
    if (!this.k) return sealed;
    required(this.n < KEPT_FOR_REKEY, 'limit');
    const plaintext = this.DECRYPT(this.n, ad, sealed);
    this.n += 1n;
    return plaintext;
  }

  rekey() {
    this.k = this.ENCRYPT(KEPT_FOR_REKEY, EMPTY, zeros(32)).subarray(0, 32);
  }
}

// ---- 3. SymmetricState

class SymmetricState {
  constructor({ name, cipher, hash }) {
    this.HASH = (data) => createHash(HASHES[hash]).update(data).digest();
    this.HMAC = (key, data) => createHmac(HASHES[hash], key).update(data).digest();
    this.cipherState = new CipherState(cipher);
    const text = Buffer.from(name, 'ascii');
    const HASHLEN = this.HASH(EMPTY).length;
    this.h = text.length > HASHLEN ? this.HASH(text) : join(text, zeros(HASHLEN - text.length));
    this.ck = this.h;
  }

  mixHash(data) {
    this.h = this.HASH(join(this.h, data));
  }

  HKDF(input) {
    const t = this.HMAC(this.ck, input);
    const out1 = this.HMAC(t, bytes('01'));
    const out2 = this.HMAC(t, join(out1, bytes('02')));
    return [out1, out2];
  }

  mixKey(input) {
    const [out1, out2] = this.HKDF(input);
    this.ck = out1;
    this.cipherState.initializeKey(out2.subarray(0, 32));
  }

  encryptAndHash(plaintext) {
    const c = this.cipherState.encryptWithAd(this.h, plaintext);
    this.mixHash(c);
    return c;
  }

  decryptAndHash(c) {
    const plaintext = this.cipherState.decryptWithAd(this.h, c);
    this.mixHash(c);
    return plaintext;
  }

  split() {
    return this.HKDF(EMPTY).map((out) => {
      const direction = new CipherState(this.cipherState.cipher);
      direction.initializeKey(out.subarray(0, 32));
      return direction;
    });
  }
}

// ---- 4 and 5. Tokens, patterns, steps; 6. records

export class Session {
  exportable = false; // the first key out of Split, as it came
  turn = 0;        // how many handshake messages were taken
  failed = false;
  records = null;  // after Split, a CipherState for each direction
  hash = null;     // after Split, the handshake hash

  constructor({ role, name, prologue = EMPTY, s, e, rs, e1, ekem1 }) {
    const suite = suiteNamed(name);
    Object.assign(this, { initiator: role === 'i', s, e, rs, ekem1, e1: e1 && keyGen(e1.subarray(0, 32), e1.subarray(32)) });
    this.messages = PATTERNS[suite.pattern];
    this.symmetric = new SymmetricState(suite);
    this.symmetric.mixHash(prologue);
    if (KNOWS_RESPONDER.includes(suite.pattern)) this.symmetric.mixHash(this.initiator ? rs : shareOf(s));
  }

  write(payload) {
    return this.step(true, (tokens) => {
      required(this.shortest(tokens) + payload.length <= LONGEST, 'length');
      return join(...tokens.map((token) => this.writeToken(token)), this.symmetric.encryptAndHash(payload));
    });
  }

  read(message) {
    return this.step(false, (tokens) => {
      required(message.length >= this.shortest(tokens), 'length', 'NZ-035');
      required(message.length <= LONGEST, 'length', 'NZ-036');
      const left = tokens.reduce((rest, token) => this.readToken(token, rest), message);
      return this.symmetric.decryptAndHash(left);
    });
  }

  step(writes, work) {
    const mine = (this.turn % 2 === 0) === this.initiator;
    required(!this.failed && !this.records && writes === mine, 'state');
    try {
      const answer = work(this.messages[this.turn]);
      this.turn += 1;
      if (this.turn === this.messages.length) this.finish();
      return answer;
    } catch (rejected) {
      Object.assign(this, { failed: true, s: null, e: null, e1: null, ekem1: null, symmetric: null });
      throw rejected;
    }
  }

  finish() {
    const [toResponder, toInitiator] = this.symmetric.split();
    this.records = this.initiator ? { send: toResponder, recv: toInitiator } : { send: toInitiator, recv: toResponder };
    this.hash = this.symmetric.h;
    this.HMAC = this.symmetric.HMAC;
    this.exportable = true;
    Object.assign(this, { s: null, e: null, e1: null, ekem1: null, re1: null, symmetric: null });
  }

  shortest(tokens) { // 5.2 with P = 0: what EncryptAndHash appends has a tag once there is a key
    let tag = this.turn > 0 ? TAG : 0;
    let length = 0;
    for (const token of tokens) {
      if (token === 'e') length += SHARE;
      else if (token === 's') length += SHARE + tag;
      else if (token === 'e1') length += EK + tag;
      else if (token === 'ekem1') length += CIPHERTEXT + tag;
      else tag = TAG;
    }
    return length + tag;
  }

  get tag() {
    return this.symmetric.cipherState.k ? TAG : 0;
  }

  writeToken(token) {
    if (token === 's') return this.symmetric.encryptAndHash(shareOf(this.s));
    if (token === 'e1') return this.symmetric.encryptAndHash(this.e1.ek);
    if (token === 'ekem1') return this.encapsulate();
    if (token !== 'e') return this.agree(token), EMPTY;
    const share = shareOf(this.e);
    this.symmetric.mixHash(share);
    return share;
  }

  encapsulate() {
    const [secret, ciphertext] = encaps(this.re1, this.ekem1);
    const sent = this.symmetric.encryptAndHash(ciphertext);
    this.symmetric.mixKey(secret);
    return sent;
  }

  readToken(token, rest) { // answers what is left
    if (token === 'e1') {
      const length = EK + this.tag;
      this.re1 = this.symmetric.decryptAndHash(rest.subarray(0, length));
      required(fits(this.re1), 'dh', 'NZ-044');
      return rest.subarray(length);
    }
    if (token === 'ekem1') {
      const length = CIPHERTEXT + this.tag;
      this.symmetric.mixKey(decaps(this.e1, this.symmetric.decryptAndHash(rest.subarray(0, length))));
      return rest.subarray(length);
    }
    if (token === 's') {
      this.rs = this.symmetric.decryptAndHash(rest.subarray(0, SHARE + TAG));
      return rest.subarray(SHARE + TAG);
    }
    if (token !== 'e') return this.agree(token), rest;
    this.re = rest.subarray(0, SHARE);
    this.symmetric.mixHash(this.re);
    return rest.subarray(SHARE);
  }

  agree(token) { // the first letter names the initiator's pair, the second the responder's
    const [initiators, responders] = token;
    this.symmetric.mixKey(this.initiator ? DH(this[initiators], this['r' + responders]) : DH(this[responders], this['r' + initiators]));
  }

  seal(plaintext, ad = EMPTY) {
    const state = this.afterSplit('send');
    required(plaintext.length + TAG <= LONGEST, 'length');
    const sealed = state.encryptWithAd(ad, plaintext);
    this.used('send');
    return sealed;
  }

  open(sealed, ad = EMPTY) {
    const state = this.afterSplit('recv');
    required(sealed.length >= TAG, 'length', 'NZ-035');
    required(sealed.length <= LONGEST, 'length', 'NZ-036');
    const plaintext = state.decryptWithAd(ad, sealed);
    this.used('recv');
    return plaintext;
  }

  rekey(direction) {
    this.afterSplit(direction).rekey();
    this.used(direction);
  }

  used(direction) {
    if (direction === this.first) this.exportable = false;
  }

  get first() { // from initiator to responder
    return this.initiator ? 'send' : 'recv';
  }

  afterSplit(direction) {
    required(this.records && this.records[direction], 'state');
    return this.records[direction];
  }

  // ---- 7. A secret for the profile

  export(label, length) {
    required(this.exportable, 'state');
    const { k } = this.records[this.first];
    const info = join(label, bytes('00'), this.hash);
    let block = EMPTY;
    let out = EMPTY;
    for (let i = 1; out.length < length; i++) {
      block = this.HMAC(k, join(block, info, Buffer.from([i])));
      out = join(out, block);
    }
    Object.assign(this, { exportable: false, records: { ...this.records, [this.first]: null } });
    return out.subarray(0, length);
  }
}
