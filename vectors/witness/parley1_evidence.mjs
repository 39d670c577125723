// Profile parley1: claims, manifest, boot record, statement, the message attest and the client's checks of it, from parley1_enrolment.md and
// parley1_evidence.md alone. What the chapters judge is judged by their witnesses: tlog.mjs, snp.mjs.
import { createPublicKey, verify } from 'node:crypto';
import { appraiseDevice as appraiseGpu } from './gpu_evidence.mjs';
import { b8, be, demand, join, reader, Rejected, text0 } from './bytes.mjs';
import { readJson } from './json.mjs';
import { binderOf, H512, isName, isReserved, readOffer, reportDataOf, sha256, transcriptOf } from './parley1_keys.mjs';
import { appraise } from './snp.mjs';
import { checkInclusion, leafHash, nodeHash, openNote, takeCheckpoint } from './tlog.mjs';

const [SNP, GPU] = [1, 3];
const SPKI = Buffer.from('302a300506032b6570032100', 'hex'); // before the 32 bytes of an Ed25519 key, RFC 8410

function signedBy(key, message, signature) {
  try {
    return verify(null, message, createPublicKey({ key: join(SPKI, key), format: 'der', type: 'spki' }), signature);
  } catch {
    return false;
  }
}

// ---- parley1_enrolment.md, sections 1 and 2: claims and manifest

const isDigest = (digits) => (value) => typeof value === 'string' && new RegExp(`^[0-9a-f]{${digits}}$`).test(value);
const isNumber = (least, most) => (value) => typeof value === 'bigint' && value >= least && value <= most;
const rising = (row) => row.every((value, i) => i === 0 || value > row[i - 1]);
const isRow = (least, most, fits) => (value) => Array.isArray(value) && value.length >= least && value.length <= most && value.every(fits);
const U32 = 0xffffffffn;

const CLAIMS = {
  names: isRow(1, 16, (name) => typeof name === 'string' && isName(name)),
  versions: (value) => isRow(1, 16, (version) => isNumber(1n, 0xffffn)(version) && !isReserved(Number(version)))(value) && rising(value),
  levels: (value) => isRow(1, 3, (level) => [0n, 2n, 3n].includes(level))(value) && rising(value),
  tick: isNumber(5n, 1000n), engine: isNumber(0n, U32),
  manifest: isDigest(64), model: isDigest(64), tokenizer: isDigest(64), template: isDigest(64), settings: isDigest(64),
};
const MANIFEST = { release: isNumber(0n, U32), expires: isNumber(0n, 2n ** 63n - 1n), snp: isRow(1, 16, isDigest(96)) };

function readObject(bytes, form, site) {
  let read;
  try {
    read = readJson(bytes, { escapes: false });
  } catch {
    throw new Rejected(site);
  }
  const names = Object.keys(form);
  demand(read instanceof Map && read.size === names.length && names.every((name) => read.has(name) && form[name](read.get(name))), site);
  return Object.fromEntries(read);
}

export function readClaims(bytes) {
  const read = readObject(bytes, CLAIMS, 'P1-082');
  return { ...read, versions: read.versions.map(Number), levels: read.levels.map(Number), tick: Number(read.tick), engine: Number(read.engine) };
}

function readManifest(bytes) {
  const read = readObject(bytes, MANIFEST, 'P1-083');
  return { ...read, measurements: read.snp.map((digits) => Buffer.from(digits, 'hex')) };
}

// ---- section 3: the boot record

const bootData = (nonce, s, q, claims) => H512('boot', nonce, s, q, sha256(claims));
const rowOf = (c) => c.row(() => ({ kind: c.number(1), evidence: c.b32(), endorsements: c.b32() }));

/** The owner's judgement of a boot record; anchor as in snp.mjs, policy read. */
export function judgeBoot({ record, nonce, s, q, claims, manifest }, anchor, policy, now, gpu) {
  const c = reader(record, () => { throw new Rejected('P1-043'); });
  const sent = c.take(32);
  const items = rowOf(c);
  c.done();
  demand(sent.equals(nonce), 'P1-041');
  const reportData = bootData(sent, s, q, claims);
  const { measurements } = readManifest(manifest);
  const devices = judgeItems(items, { anchor, gpu }, { ...policy, measurements, reportData }, now);
  return { reportData, device: devices[0].device, gpu: devices[1]?.device };
}

// ---- section 4: the statement

const DAY = 86400n;

export function makeStatement({ name, device, s, q, claims, boot, now }) {
  const from = BigInt(now) - 300n;
  const row = join(be(1, 2), be(SNP, 1), b8(device));
  return join(text0('parley/1 statement'), b8(name), row, s, q, claims, boot, be(from, 8), be(from + DAY, 8));
}

const deviceBytes = ({ kind, device }) => join(be(kind, 1), b8(device));
const deviceRow = (devices) => join(be(devices.length, 2), ...devices.map(deviceBytes));
const before = (a, b) => a.kind < b.kind || (a.kind === b.kind && Buffer.compare(a.device, b.device) < 0);

function readStatement(bytes) {
  const c = reader(bytes, () => { throw new Rejected('P1-084'); });
  const label = text0('parley/1 statement');
  demand(c.take(label.length).equals(label), 'P1-084');
  const name = c.b8().toString('latin1');
  demand(isName(name), 'P1-084');
  const devices = c.row(() => ({ kind: c.number(1), device: c.b8() }));
  const [s, q, claims, boot] = [c.take(32), c.take(32), c.take(32), c.take(32)];
  const [from, to] = [c.big(), c.big()];
  const signed = bytes.subarray(0, c.at());
  const signature = c.take(64);
  c.done();
  demand(devices.length >= 1 && devices.length <= ITEMS && devices.every(({ device }) => device.length > 0), 'P1-084');
  demand(devices.every((device, i) => i === 0 || before(devices[i - 1], device)), 'P1-084');
  return { name, devices, s, q, claims, boot, from, to, signed, signature };
}

// ---- parley1_evidence.md, section 2: the message attest

const SIZES = { evidence: 65536, endorsements: 131072, claims: 16384, manifest: 131072, statement: 4096, checkpoint: 16384 };
const ATTEST = 524148;
const ITEMS = 16;

export function readAttest(bytes) {
  const c = reader(bytes, () => { throw new Rejected('P1-080'); });
  const sized = (part, value) => {
    demand(value.length <= SIZES[part], 'P1-079');
    return value;
  };
  demand(bytes.length <= ATTEST, 'P1-079');
  const count = c.number(2);
  demand(count <= ITEMS, 'P1-080');
  const items = Array.from({ length: count }, () => ({
    kind: c.number(1), evidence: sized('evidence', c.b32()), endorsements: sized('endorsements', c.b32()),
  }));
  const read = { items, n: c.number(2), index: c.number(2), path: c.b16(), claims: sized('claims', c.b32()), manifest: sized('manifest', c.b32()) };
  read.signature = c.take(64);
  read.statement = sized('statement', c.b16());
  read.checkpoint = sized('checkpoint', c.b16());
  Object.assign(read, { manifestProof: readProof(c.b16()), statementProof: readProof(c.b16()), boot: c.b32() });
  c.done();
  return read;
}

const hashesOf = (bytes) => Array.from({ length: bytes.length / 32 }, (_, i) => bytes.subarray(32 * i, 32 * (i + 1)));

function readProof(bytes) { // undefined where it is not an index and whole hashes
  if (bytes.length < 8 || bytes.length % 32 !== 8) return undefined;
  return { index: bytes.readBigUInt64BE(0), hashes: hashesOf(bytes.subarray(8)) };
}

function readEndorsements(bytes) {
  const c = reader(bytes, () => { throw new Rejected('P1-081'); });
  const read = [c.b16(), c.b16(), c.b32()];
  c.done();
  return read;
}

// ---- section 3: the client's checks, before the evidence
// wants: { policy (tlog), owner, releaser, leastRelease, built, level, anchor, snpPolicy, gpu: { root, policy } or undefined, vendors }; memory: { floor, heads }; expects: { name, s, x, epoch,
// offer, version, before }.

const [AGE, SKEW] = [DAY, 300n];

function judgeLog(read, wants, { floor, heads }, now) {
  const taken = takeCheckpoint(wants.policy, read.checkpoint, [], undefined, { now, age: AGE, skew: SKEW });
  const { times } = openNote(read.checkpoint, wants.policy.witnesses);
  const counted = [...times.values()].filter((time) => time <= now + SKEW && time >= now - AGE);
  demand(now + 300n >= wants.built, 'P1-085');
  demand(now + 300n >= floor, 'P1-086');
  const same = heads.find(({ size }) => size === taken.size);
  demand(!same || same.root.equals(taken.root), 'P1-087');
  const included = (entry, proof) => {
    demand(proof !== undefined, 'TL-004');
    checkInclusion(leafHash(entry), proof.index, taken.size, taken.root, proof.hashes);
  };
  included(join(read.manifest, read.signature), read.manifestProof);
  included(read.statement, read.statementProof);
  const newest = counted.reduce((a, b) => (a > b ? a : b), 0n);
  const capped = newest < now ? newest : now;
  return { floor: capped > floor ? capped : floor, heads: same ? heads : [...heads, taken] };
}

function judgeManifest(read, claims, wants, now) {
  demand(signedBy(wants.releaser, join(text0('parley/1 manifest'), read.manifest), read.signature), 'P1-090');
  const manifest = readManifest(read.manifest);
  demand(manifest.release >= wants.leastRelease, 'P1-091');
  demand(now < manifest.expires, 'P1-092');
  demand(sha256(read.manifest).toString('hex') === claims.manifest, 'P1-093');
  return manifest;
}

function judgeStatement(read, statement, claims, { owner }, { name, s }, now) {
  demand(signedBy(owner, statement.signed, statement.signature), 'P1-094');
  demand(statement.name === name, 'P1-095');
  demand(claims.names.includes(name), 'P1-096');
  demand(statement.from <= now && now <= statement.to, 'P1-097');
  demand(statement.to - statement.from <= DAY, 'P1-098');
  demand(statement.s.equals(s), 'P1-099');
  demand(statement.claims.equals(sha256(read.claims)), 'P1-050');
  demand(statement.boot.equals(sha256(read.boot)), 'P1-051');
}

// ---- section 4: the client's checks of the evidence

function rootFrom(leaf, index, n, path) {
  const hashes = hashesOf(path);
  const steps = [];
  for (let [i, last] = [index, n - 1]; last > 0; i >>= 1, last >>= 1) if (i & 1 || i < last) steps.push((i & 1) === 1); // the sibling is on the left
  demand(path.length === 32 * steps.length, 'P1-053');
  return steps.reduce((hash, left, k) => (left ? nodeHash(hashes[k], hash) : nodeHash(hash, hashes[k])), leaf);
}

const NEEDED = ['revocation', 'hwid', 'vmpl', 'report_data', 'measurement', 'tcb', 'guest_policy', 'platform_info'];

const NEEDED_OF_GPU = ['measurements', 'fwid', 'revocation', 'cpu'];

function judgeCpu({ kind, evidence, endorsements }, { anchor }, policy, now) {
  const [intermediate, vek, crl] = readEndorsements(endorsements);
  const appraised = appraise(evidence, { intermediate, vek, crl }, anchor, policy, Number(now));
  const { device, notCompared } = appraised;
  demand(device !== undefined && !NEEDED.some((name) => notCompared.includes(name)), 'P1-057');
  return { kind, device, appraised };
}

function judgeGpu({ kind, evidence, endorsements }, { gpu }, { reportData }, now) {
  const [chain, root_crl, model_crl] = readEndorsements(endorsements);
  const given = { report: evidence, chain: chain.toString('latin1'), root: gpu.root, root_crl, model_crl, cpu_data: reportData };
  const appraised = appraiseGpu({ ...given, policy: gpu.policy, now: Number(now) });
  demand(!NEEDED_OF_GPU.some((name) => appraised.not_compared.split(' ').includes(name)), 'P1-066');
  return { kind, device: appraised.device, appraised };
}

function judgeItems(items, wants, policy, now) {
  const [cpus, gpus] = [SNP, GPU].map((kind) => items.filter((item) => item.kind === kind));
  demand(items.every(({ kind }) => kind === SNP || (kind === GPU && wants.gpu !== undefined)), 'P1-054');
  demand(cpus.length === 1, 'P1-055');
  demand(1 + (gpus.length > 0 ? 1 : 0) >= (wants.vendors ?? 1), 'P1-067');
  return items.map((item) => (item.kind === SNP ? judgeCpu : judgeGpu)(item, wants, policy, now));
}

function judgeEvidence(read, statement, manifest, wants, { epoch, x }, now) {
  demand(read.n >= 1 && read.n <= 1024 && read.index < read.n, 'P1-052');
  const root = rootFrom(leafHash(binderOf(epoch, x, read.claims)), read.index, read.n, read.path);
  const policy = { ...wants.snpPolicy, measurements: manifest.measurements, reportData: reportDataOf(read.n, root) };
  const devices = judgeItems(read.items, wants, policy, now);
  demand(deviceRow(devices).equals(deviceRow(statement.devices)), 'P1-058');
  return { ...devices.find(({ kind }) => kind === SNP).appraised, gpus: devices.filter(({ kind }) => kind === GPU) };
}

// ---- section 5: the client's checks, behind the evidence

function judgeClaims(claims, { level }, { offer, version }) {
  demand(claims.versions.includes(version), 'P1-059');
  const offered = readOffer(offer).versions.filter((each) => !isReserved(each));
  demand(!claims.versions.some((each) => each > version && offered.includes(each)), 'P1-060');
  demand(claims.levels.includes(level), 'P1-061');
}

/** Every check of an attest, in the order of the prose; now is a BigInt of seconds. */
export function judgeAttest(bytes, wants, memory, expects, now) {
  const read = readAttest(bytes);
  const claims = readClaims(read.claims);
  readManifest(read.manifest);
  const statement = readStatement(read.statement);
  const after = judgeLog(read, wants, memory, now);
  const manifest = judgeManifest(read, claims, wants, now);
  judgeStatement(read, statement, claims, wants, expects, now);
  const appraised = judgeEvidence(read, statement, manifest, wants, expects, now);
  judgeClaims(claims, wants, expects);
  const identity = join(statement.s, statement.q, sha256(read.claims), sha256(...statement.devices.map(deviceBytes)));
  demand(expects.before === undefined || expects.before.equals(identity), 'P1-062');
  return { t: transcriptOf(expects.x, bytes), identity, memory: after, claims, statement, manifest, read, appraised };
}
