// Histories as history.md says, sections 2 to 12, for the witness: no state, no constant time, every step spelled out.
import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync } from 'node:crypto';

export const H = (...data) => createHash('sha256').update(Buffer.concat(data)).digest();
const HMAC = (key, data) => createHmac('sha256', key).update(data).digest();
const hkdf = (salt, ikm, info, n) => Buffer.from(hkdfSync('sha256', ikm, salt, info, n));
const text0 = (text) => Buffer.from(`${text}\0`, 'ascii');
const K = (key, label) => HMAC(key, Buffer.concat([text0(`parley/1 ${label}`), Buffer.of(1)])); // one block of HKDF-Expand, no data
const be = (value, n) => Buffer.from(BigInt(value).toString(16).padStart(2 * n, '0'), 'hex');
const b16 = (data) => Buffer.concat([be(data.length, 2), data]);
const NONE = Buffer.alloc(0);

const REASONS = { // the reason word that each sentence states
  9: 'length', 10: 'auth', 11: 'auth', 12: 'length', 14: 'length', 16: 'length', 17: 'padding', 18: 'padding', 20: 'length', 21: 'untrusted',
  22: 'state', 24: 'parse', 25: 'parse', 26: 'order', 27: 'limit', 32: 'length', 33: 'auth', 34: 'state', 35: 'truncated', 36: 'replay',
  37: 'limit', 38: 'state', 39: 'order', 40: 'state', 41: 'order', 42: 'untrusted', 43: 'state', 45: 'order', 46: 'order', 47: 'state',
  50: 'order', 52: 'untrusted', 53: 'replay',
};

export class Rejected extends Error {
  constructor(sentence) {
    super(REASONS[sentence]);
    this.site = `HI-${String(sentence).padStart(3, '0')}`;
  }
}

const demand = (holds, sentence) => {
  if (!holds) throw new Rejected(sentence);
};

// ---- keys, sealing

export const PRF_INPUT = Buffer.from('parley/1 history', 'ascii');
export const kekOf = (prf, credential) => hkdf(NONE, prf, Buffer.concat([text0('parley/1 kek'), credential]), 32);

function boxKeys(key, salt, a) {
  const both = hkdf(salt, key, Buffer.concat([text0('parley/1 seal'), H(a)]), 64);
  return { key: both.subarray(0, 32), commit: both.subarray(32) };
}

const NONCE = Buffer.alloc(12);
const TAG = { authTagLength: 16 };

export function seal(key, salt, text, a) {
  const box = boxKeys(key, salt, a);
  const cipher = createCipheriv('chacha20-poly1305', box.key, NONCE, TAG).setAAD(a, { plaintextLength: text.length });
  const sealed = Buffer.concat([cipher.update(text), cipher.final()]);
  return Buffer.concat([salt, box.commit, sealed, cipher.getAuthTag()]);
}

export function open(key, sealed, a) {
  demand(sealed.length >= 80, 9);
  const box = boxKeys(key, sealed.subarray(0, 32), a);
  demand(box.commit.equals(sealed.subarray(32, 64)), 10);
  const inside = sealed.subarray(64, sealed.length - 16);
  const cipher = createDecipheriv('chacha20-poly1305', box.key, NONCE, TAG).setAAD(a, { plaintextLength: inside.length });
  cipher.setAuthTag(sealed.subarray(sealed.length - 16));
  try {
    return Buffer.concat([cipher.update(inside), cipher.final()]);
  } catch {
    throw new Rejected(11);
  }
}

// ---- wraps

const judgeCredential = (id) => demand(id.length >= 1 && id.length <= 1023, 12);
const wrapA = (generation, credential) => Buffer.concat([Buffer.of(1), be(generation, 4), b16(credential)]);

export function wrap(kek, salt, root, generation, credential) {
  judgeCredential(credential);
  return seal(kek, salt, root, wrapA(generation, credential));
}

export function unwrap(kek, wrapped, generation, credential) {
  judgeCredential(credential);
  demand(wrapped.length === 112, 14);
  return open(kek, wrapped, wrapA(generation, credential));
}

// ---- items and the index

function fill(text) {
  let size = 1024;
  while (size < text.length + 4) size *= 2;
  const filled = Buffer.alloc(size);
  filled.writeUInt32BE(text.length);
  text.copy(filled, 4);
  return filled;
}

function unfill(filled) {
  const size = filled.length;
  demand(size >= 1024 && size <= 1 << 24 && Number.isInteger(Math.log2(size)), 16);
  const used = 4 + filled.readUInt32BE();
  demand(used <= size && !(size / 2 >= 1024 && used <= size / 2), 17);
  demand(filled.subarray(used).every((byte) => byte === 0), 18);
  return filled.subarray(4, used);
}

const placeA = (kind, generation, id, version) => Buffer.concat([Buffer.of(kind), be(generation, 4), b16(id), be(version, 8)]);
const judgeId = (id) => demand(id.length >= 1 && id.length <= 64, 20);

export function sealItem({ root, salt, generation, item_id: id, version, text }) {
  judgeId(id);
  return seal(K(root, 'items'), salt, fill(text), placeA(2, generation, id, version));
}

export function readItem({ root, generation, v, content, item_id: id, item }) {
  const { items } = readContent(content, v);
  judgeId(id);
  const row = items.find((each) => each.id.equals(id));
  demand(row !== undefined, 21);
  demand(H(item).equals(row.digest), 22);
  return unfill(open(K(root, 'items'), item, placeA(2, generation, id, row.version)));
}

export function readContent(content, v) {
  let at = 0;
  const take = (n) => {
    demand(at + n <= content.length, 24);
    return content.subarray(at, (at += n));
  };
  const number = (n) => BigInt(`0x${take(n).toString('hex')}`);
  const bytes16 = () => take(Number(number(2)));
  const rowOf = (n, read) => Array.from({ length: Math.min(Number(n), content.length + 1) }, read);
  const items = rowOf(number(4), () => ({ id: bytes16(), version: number(8), digest: take(32) }));
  const credentials = rowOf(number(2), () => ({ id: bytes16(), digest: take(32) }));
  demand(at === content.length, 24);
  for (const row of [items, credentials]) demand(row.every((each, k) => k === 0 || Buffer.compare(row[k - 1].id, each.id) < 0), 25);
  demand(items.every(({ version }) => version >= 1n && version <= v), 26);
  demand(credentials.length >= 1 && credentials.length <= 64, 27);
  return { items, credentials };
}

export function writeContent({ items, credentials }) {
  const itemRows = items.map(({ id, version, digest }) => Buffer.concat([b16(id), be(version, 8), digest]));
  const credentialRows = credentials.map(({ id, digest }) => Buffer.concat([b16(id), digest]));
  return Buffer.concat([be(items.length, 4), ...itemRows, be(credentials.length, 2), ...credentialRows]);
}

export function sealIndex({ root, salt, generation, v, content }) {
  readContent(content, v);
  return seal(K(root, 'items'), salt, fill(content), placeA(3, generation, NONE, v));
}

// ---- heads

function readHead(head) {
  demand(head.length === 108, 32);
  const [last, index, mac] = [12, 44, 76].map((from) => head.subarray(from, from + 32));
  return { v: head.readBigUInt64BE(0), generation: head.readUInt32BE(8), last, index, mac };
}

const macOf = (root, head) => HMAC(K(root, 'head'), head.subarray(0, 76));

export function makeHead({ root, rotates, last, index }) {
  const before = last.length > 0 ? readHead(last) : { v: 0n, generation: 0 };
  const generation = before.generation + (rotates || last.length === 0 ? 1 : 0);
  const head = Buffer.concat([be(before.v + 1n, 8), be(generation, 4), last.length > 0 ? H(last) : Buffer.alloc(32), H(index)]);
  return Buffer.concat([head, macOf(root, head)]);
}

export function codeOf(head) {
  const bits = [...H(head).subarray(0, 13)].map((byte) => byte.toString(2).padStart(8, '0')).join('').slice(0, 100);
  return bits.match(/.{5}/g).map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[parseInt(five, 2)]).join('');
}

// ---- devices and the storage

const headsOf = (heads) => Array.from({ length: Math.ceil(heads.length / 108) }, (_, k) => heads.subarray(108 * k, 108 * (k + 1)));

function judgeChain(all, known) {
  demand(all.length > 0, 35);
  const newest = readHead(all.at(-1));
  if (known) {
    demand(newest.v >= known.v, 36);
    demand(newest.v <= known.v + 65536n, 37);
    demand(H(all[0]).equals(known.digest), 38);
  }
  for (let k = 1; k < all.length; k++) {
    const [before, next] = [readHead(all[k - 1]), readHead(all[k])];
    demand(next.v === before.v + 1n, 39);
    demand(H(all[k - 1]).equals(next.last), 40);
    demand([before.generation, before.generation + 1].includes(next.generation), 41);
  }
  return newest;
}

export function takeStore({ prf, credential, wrap: wrapped, index, heads, known }) {
  const all = headsOf(heads);
  const newest = judgeChain(all, known);
  const root = unwrap(kekOf(prf, credential), wrapped, newest.generation, credential);
  demand(macOf(root, all.at(-1)).equals(newest.mac), 33);
  demand(H(index).equals(newest.index), 34);
  const content = unfill(open(K(root, 'items'), index, placeA(3, newest.generation, NONE, newest.v)));
  const row = readContent(content, newest.v).credentials.find(({ id }) => id.equals(credential));
  demand(row !== undefined, 42);
  demand(H(wrapped).equals(row.digest), 43);
  return { v: newest.v, generation: newest.generation, newest: H(all.at(-1)), root, content, code: codeOf(all.at(-1)) };
}

export const begin = ({ heads, known }) => demand(heads.length === 0 && known === undefined, 45);

export function offer({ newest, offered }) {
  const head = readHead(offered);
  const before = newest.length > 0 ? readHead(newest).v : 0n;
  demand(head.v === before + 1n, 46);
  demand(head.last.equals(newest.length > 0 ? H(newest) : Buffer.alloc(32)), 47);
}

const ANY = (1n << 64n) - 1n; // the content was taken before: its versions were judged then

export function enrol({ content, credential, wrap: wrapped }) {
  const { items, credentials } = readContent(content, ANY);
  judgeCredential(credential);
  demand(!credentials.some(({ id }) => id.equals(credential)), 50);
  const more = [...credentials, { id: credential, digest: H(wrapped) }].sort((x, y) => Buffer.compare(x.id, y.id));
  return writeContent({ items, credentials: more });
}

export function rotate({ content, v, credentials: kept, digests }) {
  const { items, credentials } = readContent(content, ANY);
  const empty = be(0, 4);
  const row = readContent(Buffer.concat([empty, kept]), ANY).credentials;
  demand(row.every(({ id }) => credentials.some((each) => each.id.equals(id))), 52);
  const anew = items.map(({ id }, k) => ({ id, version: v, digest: digests.subarray(32 * k, 32 * (k + 1)) }));
  demand(anew.every(({ digest }, k) => !digest.equals(items[k].digest)), 53);
  return writeContent({ items: anew, credentials: row });
}
