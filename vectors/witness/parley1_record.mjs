// Profile parley1: records, their plaintexts and messages, from spec/profiles/parley1/parley1_record.md alone.
import { createCipheriv, createDecipheriv, createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto';
import { be, demand, join, NONE, Rejected, text0 } from './bytes.mjs';
import { hkdf, hmac, K } from './parley1_keys.mjs';
import { shareOf } from './noise_session.mjs';

const HEADER = 44;
const TAG = 16;
const RECORD_MAX = 65535;
const SHARE = 32;

// ---- 2. Records

const DER = { private: '302e020100300506032b656e04220420', public: '302a300506032b656e032100' }; // RFC 8410, before the 32 bytes
const keyOf = (kind, key, type, make) => make({ key: join(Buffer.from(DER[kind], 'hex'), key), format: 'der', type });

function agree(secret, share) {
  const keys = { privateKey: keyOf('private', secret, 'pkcs8', createPrivateKey), publicKey: keyOf('public', share, 'spki', createPublicKey) };
  let agreement = Buffer.alloc(SHARE);
  try {
    agreement = diffieHellman(keys);
  } catch { // some versions refuse zeros by themselves
  }
  demand(!agreement.equals(Buffer.alloc(SHARE)), 'P1-108');
  return agreement;
}

function rootStep(root, agreement) {
  const both = hkdf(root, agreement, text0('parley/1 root'), 64);
  return { root: both.subarray(0, 32), ck: both.subarray(32) };
}

const seals = (mk) => {
  const both = K(mk, 'record', NONE, 44);
  return { key: both.subarray(0, 32), nonce: both.subarray(32) };
};

const headerOf = ({ dh, pn, n, epoch }) => join(dh, be(pn, 4), be(n, 4), be(epoch, 4));

/** The records of one epoch, at one side. `sent` and `received`: what the last chains of the epoch before brought. */
export class Ratchet {
  constructor({ client, epoch, t, root, r, sent, received }) {
    Object.assign(this, { client, epoch, t, root });
    this.own = client ? null : r; // a secret
    this.theirs = client ? r : null; // a share
    this.sending = { ck: null, n: sent, pn: 0 };
    this.receiving = { ck: null, n: received, pn: 0 };
    this.owes = client; // a new dh with the next record
    this.moved = !client; // made a dh since the peer's last new one
  }

  ad(fromClient, header) {
    return join(text0('parley/1 header'), be(fromClient ? 0 : 1, 1), this.t, header);
  }

  get sendsUnder() { // how many dh this side has made is nobody's business; whether it is the first of this epoch is the session's
    return this.own && shareOf(this.own);
  }

  /** coins: the secret of a new dh, for when one is due. */
  seal(plaintext, coins) {
    if (this.owes) this.turnOwn(coins);
    const { ck, n, pn } = this.sending;
    const mk = hmac(ck, be(1, 1));
    const header = headerOf({ dh: shareOf(this.own), pn, n, epoch: this.epoch });
    const { key, nonce } = seals(mk);
    const aead = createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: TAG });
    aead.setAAD(this.ad(this.client, header), { plaintextLength: plaintext.length });
    const record = join(header, aead.update(plaintext), aead.final(), aead.getAuthTag());
    this.sending = { ck: hmac(ck, be(2, 1)), n: n + 1, pn };
    return { record, turn: K(mk, 'turn'), mk };
  }

  turnOwn(coins) {
    const { root, ck } = rootStep(this.root, agree(coins, this.theirs));
    Object.assign(this, { root, own: coins, owes: false, moved: true, sending: { ck, n: 0, pn: this.sending.n } });
  }

  open(record) {
    demand(record.length >= HEADER + 4 + TAG && record.length <= RECORD_MAX, 'P1-103');
    const header = record.subarray(0, HEADER);
    const dh = header.subarray(0, SHARE);
    const [pn, n, epoch] = [32, 36, 40].map((at) => header.readUInt32BE(at));
    const isNew = !(this.theirs && dh.equals(this.theirs));
    demand(epoch === this.epoch, 'P1-104');
    demand(isNew || this.receiving.ck !== null, 'P1-105'); // under R_e nothing comes
    demand(n === (isNew ? 0 : this.receiving.n), 'P1-105');
    demand(pn === (isNew ? this.receiving.n : this.receiving.pn), 'P1-106');
    demand(!isNew || this.moved, 'P1-107');
    const turned = isNew ? rootStep(this.root, agree(this.own, dh)) : { root: this.root, ck: this.receiving.ck };
    const mk = hmac(turned.ck, be(1, 1));
    const plaintext = this.decrypt(mk, header, record.subarray(HEADER));
    if (isNew) Object.assign(this, { theirs: dh, owes: true, moved: false });
    Object.assign(this, { root: turned.root, receiving: { ck: hmac(turned.ck, be(2, 1)), n: n + 1, pn } });
    return { plaintext, turn: K(mk, 'turn'), mk };
  }

  decrypt(mk, header, sealed) {
    const { key, nonce } = seals(mk);
    const inside = sealed.subarray(0, -TAG);
    const aead = createDecipheriv('chacha20-poly1305', key, nonce, { authTagLength: TAG });
    aead.setAAD(this.ad(!this.client, header), { plaintextLength: inside.length }).setAuthTag(sealed.subarray(-TAG));
    try {
      return join(aead.update(inside), aead.final());
    } catch {
      throw new Rejected('P1-109');
    }
  }
}

// ---- 3. Plaintext

const [LAST, TALK] = [1, 2];
const FULL = 65472; // of control, and of talk at level 0
const [PADDED, PADDED_FULL] = [256, 253];
const pads = (level, talk) => talk && level !== 0;

export function readPlain(plain, level) {
  demand(plain.length >= 3, 'P1-122');
  const [flags, used] = [plain[0], plain.readUInt16BE(1)];
  demand(flags <= 3, 'P1-120');
  const [last, talk] = [(flags & LAST) !== 0, (flags & TALK) !== 0];
  demand(used > 0 && used <= plain.length - 3, 'P1-122');
  const padded = pads(level, talk);
  demand(padded || used === plain.length - 3, 'P1-123');
  demand(!padded || plain.length === PADDED, 'P1-124');
  demand(plain.subarray(3 + used).every((byte) => byte === 0), 'P1-121');
  demand(last || used === (padded ? PADDED_FULL : FULL), 'P1-125');
  return { last, talk, bytes: plain.subarray(3, 3 + used) };
}

/** A message as the plaintexts of its records. */
export function writePlains(message, talk, level) {
  const padded = pads(level, talk);
  const size = padded ? PADDED_FULL : FULL;
  const count = Math.ceil(message.length / size);
  return Array.from({ length: count }, (_, i) => {
    const bytes = message.subarray(i * size, (i + 1) * size);
    const flags = (i === count - 1 ? LAST : 0) | (talk ? TALK : 0);
    return join(be(flags, 1), be(bytes.length, 2), bytes, Buffer.alloc(padded ? PADDED_FULL - bytes.length : 0));
  });
}

// ---- 4. Messages

export const TYPES = { start: 1, ready: 2, step: 3, reply: 4, attest: 5, token: 6, request: 7, cancel: 8, chunk: 9, end: 10, error: 11, fill: 12 };
const MI = 1048576;
const MESSAGES = { // from, talk, at least, at most
  1: ['client', false, 2, 2], 2: ['enclave', false, 1, 1], 3: ['client', false, 1189, 1189], 4: ['enclave', false, 1125, 1125],
  5: ['enclave', false, 2, 524149], 6: ['client', false, 4, 4100], 7: ['client', true, 2, MI], 8: ['client', true, 5, 5],
  9: ['enclave', true, 12, 65472], 10: ['enclave', true, 2, MI], 11: ['enclave', true, 6, 6], 12: ['both', true, 1, 1],
};

/** The bytes of the records of one class, joined to messages. */
export class Joiner {
  constructor(sender, talk) {
    Object.assign(this, { sender, talk, parts: [], length: 0 });
  }

  /** Answers the message when `last` ends it. */
  take(bytes, last) {
    const type = this.length > 0 ? this.type : bytes[0];
    const [from, talk, least, most] = MESSAGES[type] ?? [];
    demand((from === this.sender || from === 'both') && talk === this.talk, 'P1-127');
    demand(this.length + bytes.length <= most, 'P1-126');
    Object.assign(this, { type, length: this.length + bytes.length });
    this.parts.push(bytes);
    if (!last) return undefined;
    demand(this.length >= least, 'P1-128');
    const message = join(...this.parts);
    Object.assign(this, { parts: [], length: 0 });
    return message;
  }
}
