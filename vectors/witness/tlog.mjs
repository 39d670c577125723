// Transparency logs written from spec/translog/translog.md alone: trees, signed notes, checkpoints, policies, what a client remembers.
// Proofs are judged along the recursive definition of the tree (RFC 6962, section 2.1), not by the loop of RFC 9162.
import { createHash, createPublicKey, verify } from 'node:crypto';

const NOTE_MAX = 65536;
const LINES_MAX = 64;
const NAME_MAX = 255;
const SIZE_MAX = 2n ** 63n - 1n;
const POLICY_MAX = 64; // witnesses, groups, members of a group
const [LOG, COSIGNATURE] = [1, 4]; // types of keys

const REASONS = { // the reason word of each sentence
  3: 'log-proof', 4: 'log-proof', 5: 'log-proof', 6: 'log-rollback', 7: 'log-proof', 8: 'log-proof', 9: 'log-proof',
  10: 'limit', 11: 'parse', 12: 'parse', 13: 'parse', 14: 'limit', 16: 'parse', 17: 'parse', 18: 'log-sig', 19: 'log-sig',
  20: 'parse', 21: 'untrusted', 22: 'parse', 23: 'parse', 24: 'log-proof',
  26: 'policy', 27: 'policy', 28: 'policy', 29: 'policy', 30: 'limit', 31: 'quorum', 34: 'log-rollback', 35: 'log-rollback',
  38: 'policy', 39: 'parse',
};

export class Rejected extends Error {
  constructor(sentence) {
    super(REASONS[sentence]);
    this.site = `TL-${String(sentence).padStart(3, '0')}`;
  }
}

function must(holds, sentence) {
  if (!holds) throw new Rejected(sentence);
}

// ---- the tree

const H = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const EMPTY = H();
export const leafHash = (entry) => H(Buffer.of(0), entry);
export const nodeHash = (left, right) => H(Buffer.of(1), left, right);

function split(size) { // the largest power of two below a size of more than 1
  let k = 1n;
  while (2n * k < size) k *= 2n;
  return k;
}

function take(proof, sentence) { // the next hash from the top of the tree, which is the last of the row
  must(proof.length > 0, sentence);
  return proof.pop();
}

function rootFrom(leaf, index, size, proof) {
  if (size === 1n) return leaf;
  const [k, sibling] = [split(size), take(proof, 4)];
  if (index < k) return nodeHash(rootFrom(leaf, index, k, proof), sibling);
  return nodeHash(sibling, rootFrom(leaf, index - k, size - k, proof));
}

export function checkInclusion(leaf, index, size, root, proof) {
  must(index < size, 3);
  const left = [...proof];
  const found = rootFrom(leaf, index, size, left);
  must(left.length === 0, 4);
  must(found.equals(root), 5);
}

// The roots of the first m entries and of all n of a subtree; `whole` is the held root while the first m are the whole earlier tree.
function rootsFrom(m, n, whole, proof) {
  if (m === n) {
    const root = whole ?? take(proof, 7);
    return [root, root];
  }
  const [k, sibling] = [split(n), take(proof, 7)];
  if (m <= k) {
    const [earlier, later] = rootsFrom(m, k, whole, proof);
    return [earlier, nodeHash(later, sibling)];
  }
  return rootsFrom(m - k, n - k, undefined, proof).map((right) => nodeHash(sibling, right));
}

export function checkConsistency(earlier, later, proof) {
  must(earlier.size <= later.size, 6);
  const left = [...proof];
  const none = earlier.size === 0n ? [EMPTY, later.size === 0n ? EMPTY : later.root] : undefined; // any tree extends the empty one
  const [before, now] = none ?? rootsFrom(earlier.size, later.size, earlier.root, left);
  must(left.length === 0, 7);
  must(before.equals(earlier.root), 8);
  must(now.equals(later.root), 9);
}

// ---- keys and notes

function base64(text) { // the bytes; undefined when the text is not their one encoding with padding
  const read = Buffer.from(text, 'base64');
  return read.toString('base64') === text ? read : undefined;
}

const utf8 = (given) => (Buffer.from(given.toString('utf8')).equals(given) ? given.toString('utf8') : undefined);
const isName = (text) => /^[^\p{White_Space}\0-\x1f+]+$/u.test(text) && Buffer.byteLength(text) <= NAME_MAX;

export function readKey(vkey) {
  const form = /^([^+]*)\+([0-9a-f]{8})\+(.*)$/su.exec(vkey);
  must(form !== null && isName(form[1]), 16);
  const [, name, id, encoded] = form;
  const typed = base64(encoded);
  must(typed?.length === 33 && [LOG, COSIGNATURE].includes(typed[0]), 16);
  must(H(name, '\n', typed).subarray(0, 4).toString('hex') === id, 17);
  return { name, id, type: typed[0], key: typed.subarray(1) };
}

const SPKI = Buffer.from('302a300506032b6570032100', 'hex'); // before the 32 bytes of an Ed25519 key, RFC 8410

function verified(key, signed, signature) {
  const spki = { key: Buffer.concat([SPKI, key]), format: 'der', type: 'spki' };
  return signature.length === 64 && verify(null, Buffer.from(signed), createPublicKey(spki), signature);
}

function timeOf({ type, key }, text, signature) { // 0 for a key without times; undefined when the line does not verify
  if (type === LOG) return verified(key, text, signature) ? 0n : undefined;
  if (signature.length !== 8 + 64) return undefined;
  const time = signature.readBigUInt64BE(0);
  return verified(key, `cosignature/v1\ntime ${time}\n${text}`, signature.subarray(8)) ? time : undefined;
}

function readLine(line) {
  const form = /^\u2014 ([^ ]+) ([^ ]+)$/u.exec(line);
  must(form !== null && isName(form[1]), 13);
  const read = base64(form[2]);
  must(read?.length >= 5, 13);
  return { name: form[1], id: read.subarray(0, 4).toString('hex'), signature: read.subarray(4) };
}

function readNote(note) {
  must(note.length <= NOTE_MAX, 10);
  const all = utf8(note);
  must(all !== undefined && !/[\0-\x09\x0b-\x1f]/.test(all), 12);
  const end = all.lastIndexOf('\n\n');
  must(end >= 0 && end + 2 < all.length && all.endsWith('\n'), 11);
  const lines = all.slice(end + 2, -1).split('\n');
  must(lines.length <= LINES_MAX, 14);
  return { text: all.slice(0, end + 1), lines: lines.map(readLine) };
}

// The text of a note, and the latest time of each key that has a line.
export function openNote(note, keys) {
  const { text, lines } = readNote(note);
  const times = new Map();
  for (const { name, id, signature } of lines)
    for (const key of keys.filter((known) => known.name === name && known.id === id)) {
      const time = timeOf(key, text, signature);
      must(time !== undefined, 18);
      if (!(times.get(key) > time)) times.set(key, time);
    }
  return { text, times };
}

// ---- checkpoints

export function readCheckpoint(text, origin) {
  const lines = text.split('\n');
  must(lines.pop() === '' && lines.length >= 3 && !lines.includes(''), 20);
  must(lines[0] === origin, 21);
  must(/^(0|[1-9][0-9]*)$/.test(lines[1]) && BigInt(lines[1]) <= SIZE_MAX, 22);
  const [size, root] = [BigInt(lines[1]), base64(lines[2])];
  must(root?.length === 32, 23);
  must(size > 0n || root.equals(EMPTY), 24);
  return { size, root };
}

// ---- policies

const STATEMENTS = { // each adds its words to the policy that is read
  log(policy, [vkey, ...url]) {
    must(vkey !== undefined && url.length <= 1 && policy.log === undefined, 26);
    policy.log = policyKey(vkey, LOG);
  },
  witness(policy, [name, vkey, ...url]) {
    must(vkey !== undefined && url.length <= 1, 26);
    define(policy, name);
    const key = policyKey(vkey, COSIGNATURE);
    must(!policy.witnesses.some((other) => other.key.equals(key.key)), 27);
    must(policy.witnesses.push(key) <= POLICY_MAX, 30);
    policy.names.set(name, (agreed) => agreed(key));
  },
  group(policy, [name, count, ...members]) {
    must(members.length > 0 && /^(all|any|0|[1-9][0-9]*)$/.test(count), 26);
    define(policy, name);
    must(members.length <= POLICY_MAX, 30);
    const parts = members.map((member) => memberOf(policy, member));
    const asked = { all: parts.length, any: 1 }[count] ?? Number(count);
    must(asked >= 1 && asked <= parts.length, 28);
    must(++policy.groups <= POLICY_MAX, 30);
    policy.names.set(name, (agreed) => parts.filter((part) => part(agreed)).length >= asked);
  },
  quorum(policy, [name, ...more]) {
    must(name !== undefined && more.length === 0 && policy.quorum === undefined, 26);
    must(name === 'none' || policy.names.has(name), 26);
    policy.quorum = name === 'none' ? () => true : policy.names.get(name);
  },
};

function define(policy, name) {
  must(name !== 'none' && !policy.names.has(name), 26);
}

function policyKey(vkey, type) {
  const text = utf8(Buffer.from(vkey, 'latin1'));
  must(text !== undefined, 16);
  const key = readKey(text);
  return { ...key, fits: key.type === type };
}

function memberOf(policy, name) {
  must(policy.names.has(name) && !policy.members.has(name), 26);
  policy.members.add(name);
  return policy.names.get(name);
}

export function readPolicy(given) {
  must(utf8(given) !== undefined && !given.some((byte) => byte < 0x20 && byte !== 0x0a && byte !== 0x09), 39);
  const policy = { names: new Map(), members: new Set(), witnesses: [], groups: 0 };
  for (const line of given.toString('latin1').split('\n')) { // a character for each byte
    const [statement, ...words] = line.split(/[ \t]+/).filter((word) => word !== '');
    if (statement === undefined || statement.startsWith('#')) continue;
    must(Object.hasOwn(STATEMENTS, statement), 26);
    STATEMENTS[statement](policy, words);
  }
  must(policy.log !== undefined && policy.quorum !== undefined, 29);
  must([policy.log, ...policy.witnesses].every((key) => key.fits), 38);
  return policy;
}

// ---- what a client remembers: `held` is { size, root } or undefined, `clock` is { now, age, skew }; the answer is what it holds afterwards

export function takeCheckpoint(policy, note, proof, held, { now, age, skew }) {
  const { text, times } = openNote(note, [policy.log, ...policy.witnesses]);
  must(times.has(policy.log), 19);
  const shown = readCheckpoint(text, policy.log.name);
  const recent = (time) => time <= now + skew && time >= now - age;
  must(policy.quorum((witness) => times.has(witness) && recent(times.get(witness))), 31);
  if (held === undefined) return shown;
  must(shown.size >= held.size, 34);
  must(shown.size > held.size || shown.root.equals(held.root), 35);
  if (shown.size > held.size) checkConsistency(held, shown, proof);
  return shown;
}
