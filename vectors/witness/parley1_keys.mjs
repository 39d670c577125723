// Profile parley1: labels, the handshake, the key schedule and what evidence is bound to, from spec/profiles/parley1/*.md alone.
import { createHash, createHmac } from 'node:crypto';
import { b8, b16, be, demand, join, NONE, reader, Rejected, text0 } from './bytes.mjs';
import { Session } from './noise_session.mjs';

// ---- parley1.md, section 2: notation

export const sha256 = (...data) => createHash('sha256').update(join(...data)).digest();
export const hmac = (key, ...data) => createHmac('sha256', key).update(join(...data)).digest();
const labelled = (label, data) => join(text0(`parley/1 ${label}`), ...data);
export const H = (label, ...data) => sha256(labelled(label, data));
export const H512 = (label, ...data) => createHash('sha512').update(labelled(label, data)).digest();

function expand(key, info, n) { // RFC 5869, 2.3
  let [block, out] = [NONE, NONE];
  for (let i = 1; out.length < n; i++) {
    block = hmac(key, block, info, be(i, 1));
    out = join(out, block);
  }
  return out.subarray(0, n);
}

export const K = (key, label, data = NONE, n = 32) => expand(key, labelled(label, [data]), n);
export const hkdf = (salt, ikm, info, n) => expand(hmac(salt, ikm), info, n);

// ---- parley1_handshake.md

const SUITE = 'Noise_NXhfs_25519+MLKEM768_ChaChaPoly_SHA256';
const [MESSAGE1, MESSAGE2] = [1216, 1234];
export const VERSION = 1;
export const isReserved = (version) => version >> 8 === (version & 255) && (version & 15) === 10;

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

export function isName(name) {
  const labels = name.split('.');
  return name.length >= 1 && name.length <= 253 && labels.every((label) => LABEL.test(label)) && /[a-z]/.test(labels.at(-1));
}

const prologueOf = (offer) => join(text0('parley/1'), offer);

/** nibble of the reserved version, and whether it stands first: both drawn at random. */
export function makeOffer(name, nibble, first) {
  const reserved = be(nibble * 0x1010 + 0x0a0a, 2);
  const versions = first ? [reserved, be(VERSION, 2)] : [be(VERSION, 2), reserved];
  return join(be(2, 2), ...versions, b8(Buffer.from(name, 'latin1')));
}

export function readOffer(offer) {
  const c = reader(offer, () => { throw new Rejected('P1-012'); });
  const versions = c.row(() => c.number(2));
  const name = c.b8().toString('latin1');
  c.done();
  demand(versions.length >= 1 && versions.length <= 16 && new Set(versions).size === versions.length, 'P1-012');
  demand(isName(name), 'P1-013');
  return { versions, name };
}

/** The client's side: { offer, message1, agree(message2) }. */
export function beginHandshake(name, { nibble, first, e, e1 }) {
  const offer = makeOffer(name, nibble, first);
  const noise = new Session({ role: 'i', name: SUITE, prologue: prologueOf(offer), e, e1 });
  const message1 = join(b16(offer), noise.write(NONE));
  const agree = (message2) => {
    demand(message2.length === MESSAGE2, 'P1-022');
    const payload = noise.read(message2);
    const version = payload.readUInt16BE(0);
    demand(readOffer(offer).versions.includes(version) && !isReserved(version), 'P1-023');
    return { version, h: noise.hash, s: noise.rs, r0: payload.subarray(2), base: exportBase(noise), noise };
  };
  return { offer, message1, agree };
}

const exportBase = (noise) => noise.export(Buffer.from('parley/1 exporter', 'latin1'), 32);

/** The enclave's side. */
export function answerHandshake(first, { s, r0, e, ekem1, versions, names }) {
  demand(first.length >= 2, 'P1-014');
  const length = first.readUInt16BE(0);
  demand(length <= 512, 'P1-011');
  demand(first.length === 2 + length + MESSAGE1, 'P1-014');
  const offer = first.subarray(2, 2 + length);
  const { versions: offered, name } = readOffer(offer);
  const common = versions.filter((version) => offered.includes(version));
  demand(common.length > 0, 'P1-015');
  demand(names.includes(name), 'P1-017');
  const version = Math.max(...common);
  const noise = new Session({ role: 'r', name: SUITE, prologue: prologueOf(offer), s, e, ekem1 });
  noise.read(first.subarray(2 + length));
  const msg = noise.write(join(be(version, 2), r0));
  return { msg, version, h: noise.hash, base: exportBase(noise) };
}

// ---- parley1_evidence.md, section 1

export const nextX = (t, step, reply) => H('step', t, sha256(step), sha256(reply));
export const binderOf = (epoch, x, claims) => H512('evidence', be(epoch, 4), x, sha256(claims));
export const reportDataOf = (n, root) => H512('report', be(n, 4), root);
export const transcriptOf = (x, attest) => H('transcript', x, sha256(attest));

// ---- parley1_record.md, section 1

export const firstSeed = (base, t) => K(base, 'seed', t);
export const nextSeed = (link, kem, t) => K(hmac(link, kem), 'seed', t);

export function epochKeys(seed, epoch) {
  const both = K(seed, 'epoch', be(epoch, 4), 64);
  return { root: both.subarray(0, 32), link: both.subarray(32) };
}
