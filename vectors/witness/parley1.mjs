// A second opinion on the vectors of profile parley1: other code, another language, written from the prose alone (parley1_*.mjs, snp.mjs).
//   node parley1.mjs FILE...   recomputes each value and verdict of p1.*.json from its inputs; a line for each difference
// Of a rejected case it names the sentence, and takes its reason word from the prose; a refused record leaves the state as it was.
// Exit status: 0 all agreed, 1 something differed or nothing was compared, 64 usage, 77 the library lacks an algorithm.
import { readdirSync, readFileSync } from 'node:fs';
import { reader } from './bytes.mjs';
import { bytes, compareFile, run } from './compare.mjs';
import * as evidence from './parley1_evidence.mjs';
import * as keys from './parley1_keys.mjs';
import { Joiner, Ratchet, readPlain } from './parley1_record.mjs';
import { readPolicy as readSnpPolicy } from './snp.mjs';
import { readPolicy as readLogPolicy } from './tlog.mjs';

// ---- reasons, as the sentences state them

const SPEC = new URL('../../spec/', import.meta.url);
const REASONS = new Map();
for (const chapter of ['profiles/parley1', 'noise', 'attestation', 'translog'])
  for (const page of readdirSync(new URL(`${chapter}/`, SPEC)).filter((name) => name.endsWith('.md')))
    for (const [, id, words] of readFileSync(new URL(`${chapter}/${page}`, SPEC), 'utf8').matchAll(/^- \*\*([A-Z0-9]+-\d+)\*\* \(([^)]*)\)/gm))
      REASONS.set(id, words.split(', ')[3]);

// ---- inputs

const NUMBERS = ['epoch', 'n', 'level', 'sent', 'received', 'version', 'vendors'];
const BIG = ['now', 'built', 'floor', 'least_release'];
const TEXTS = ['name', 'names', 'side', 'sender', 'product'];
const RAW = ['claims', 'manifest', 'snp_policy', 'log_policy', 'gpu_policy'];
const AS_THEY_STAND = ['talk'];
const INPUT = /^(m[1-9]|coins|msg|s|r0|versions|x|t|step|reply|attest|root|base|link|kem|record|nonce|q|ark|gpu_root|owner|releaser|heads|offer|before|device|boot|r|script|pt|plain)$/;

function inputsOf(given, c) {
  for (const key in given) given[key] = inputOf(key, given[key], c);
  return given;
}

function inputOf(key, value, c) {
  if (NUMBERS.includes(key)) return Number(value);
  if (BIG.includes(key)) return BigInt(value);
  if (TEXTS.includes(key) || AS_THEY_STAND.includes(key)) return value;
  if (RAW.includes(key)) return /^([0-9a-f]{2})*$/.test(value) ? bytes(value) : Buffer.from(value, 'utf8');
  if (!INPUT.test(key)) throw new Error(`${c.id}: the witness does not know the input '${key}'`);
  return bytes(value);
}

const drawn = (coins) => ({ nibble: coins[0] & 15, first: (coins[1] & 1) === 1, e: coins.subarray(2, 34), e1: coins.subarray(34, 98) });
const rowOf = (all, size) => Array.from({ length: all.length / size }, (_, i) => all.subarray(size * i, size * (i + 1)));

const gpuOf = ({ gpu_root: root, gpu_policy: policy }) => (root ? { root, policy: JSON.parse(policy.toString('utf8')) } : undefined);

// ---- the operations; each answers its outputs, and what it made on the way

const CALLS = {
  'p1.hello': ({ name, coins }) => ({ msg: keys.beginHandshake(name, drawn(coins)).message1 }),
  'p1.answer': ({ msg, s, r0, coins, versions, names }) => keys.answerHandshake(msg, {
    s, r0: r0, e: coins.subarray(0, 32), ekem1: coins.subarray(32),
    versions: rowOf(versions, 2).map((each) => each.readUInt16BE(0)), names: names.split(' '),
  }),
  'p1.agree': ({ name, coins, msg }) => keys.beginHandshake(name, drawn(coins)).agree(msg),
  'p1.bind': ({ epoch, x: given, t, step, reply, claims, attest }) => {
    const x = given ?? keys.nextX(t, step, reply);
    return { x, binder: keys.binderOf(epoch, x, claims), t: keys.transcriptOf(x, attest) };
  },
  'p1.report': ({ n, root }) => ({ report_data: keys.reportDataOf(n, root) }),
  'p1.keys': ({ epoch, t, base, link, kem }) => {
    const seed = base ? keys.firstSeed(base, t) : keys.nextSeed(link, kem, t);
    const { root, link: next } = keys.epochKeys(seed, epoch);
    return { seed, root, link_next: next };
  },
  'p1.attest': (given) => {
    const wants = {
      policy: readLogPolicy(given.log_policy), owner: given.owner, releaser: given.releaser, leastRelease: given.least_release, built: given.built,
      level: given.level, anchor: { product: given.product, ark: given.ark }, snpPolicy: readSnpPolicy(given.snp_policy),
      gpu: gpuOf(given), vendors: given.vendors,
    };
    const heads = rowOf(given.heads, 40).map((head) => ({ size: head.readBigUInt64BE(0), root: head.subarray(8) }));
    const { t, identity, memory } = evidence.judgeAttest(given.attest, wants, { floor: given.floor, heads }, given, given.now);
    return { t, identity, floor_after: memory.floor, heads_after: memory.heads.length };
  },
  'p1.boot': (given) => {
    const anchor = { product: given.product, ark: given.ark };
    const { reportData, device, gpu } = evidence.judgeBoot(given, anchor, readSnpPolicy(given.snp_policy), given.now, gpuOf(given));
    return { report_data: reportData, device, ...(gpu && { gpu }) };
  },
  'p1.statement': (given) => ({ signed: evidence.makeStatement({ ...given, name: Buffer.from(given.name, 'latin1') }) }),
  'p1.seal': ({ coins, pt }, ratchet) => ratchet.seal(pt, coins),
  'p1.open': ({ record }, ratchet) => {
    const { plaintext, turn } = ratchet.open(record);
    return { pt: plaintext, turn };
  },
  'p1.plain': ({ plain, level }) => readPlain(plain, level),
  'p1.message': (given) => {
    const parts = Object.keys(given).filter((key) => /^m\d$/.test(key)).sort().map((key) => given[key]);
    const joiner = new Joiner(given.sender, given.talk);
    const message = parts.map((part, i) => joiner.take(part, i === parts.length - 1)).at(-1);
    return { n: message.length };
  },
};

// The records of an epoch that came before the judged one.
function ratchetOf(given) {
  const ratchet = new Ratchet({ ...given, client: given.side === 'client' });
  const c = reader(given.script ?? Buffer.alloc(0), () => { throw new Error('a script that ends too early'); });
  while (c.at() < (given.script?.length ?? 0))
    if (c.number(1) === 0) {
      const coins = c.take(32);
      ratchet.seal(c.b16(), coins);
    } else ratchet.open(c.b16());
  return ratchet;
}

function recomputed(op, given) {
  let ratchet;
  const way = judge(() => { ratchet = given.side && ratchetOf(given); });
  if (way.verdict !== 'accept') return { verdict: `${way.verdict}, before the judged call` };
  const before = JSON.stringify(ratchet);
  const got = judge(() => CALLS[op](given, ratchet));
  return { ...got, ...(ratchet && { after: JSON.stringify(ratchet) === before ? 'same' : 'changed' }) };
}

function judge(work) {
  try {
    return { verdict: 'accept', ...work() };
  } catch (error) {
    if (error.site === undefined) throw error;
    return { verdict: `reject ${REASONS.get(error.site)}`, site: error.site };
  }
}

function stated(c) {
  if (c.expect === 'accept') return { verdict: 'accept', ...c.out };
  return { verdict: `reject ${c.reason}`, site: c.site, ...(c.after && { after: c.after }) };
}

export const operations = Object.keys(CALLS);
/** given: as it stands in a vector. */
export const recompute = (op, given) => recomputed(op, inputsOf({ ...given }, { id: op }));

const WITNESS = { operations, inputsOf, recompute: recomputed, stated };
if (process.argv[1]?.endsWith('parley1.mjs')) run('node parley1.mjs FILE...', ['sha256', 'sha384', 'sha512', 'sha3-256', 'shake256', 'chacha20-poly1305'], (file) => compareFile(file, WITNESS));
