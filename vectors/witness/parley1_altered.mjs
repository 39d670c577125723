// Attests that are wrong, for parley1_differs.mjs: those of p1.attest.json under a log, an owner and a signer of our own, so that what these sign can be
// altered and signed again. What the evidence binds stays as it is, or the answer comes before the evidence is looked at.
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { b16, b32, b8, be, join, text0 } from './bytes.mjs';
import { readAttest } from './parley1_evidence.mjs';
import { sha256 } from './parley1_keys.mjs';
import { leafHash, nodeHash } from './tlog.mjs';

const { groups } = JSON.parse(readFileSync(new URL('../data/p1.attest.json', import.meta.url), 'utf8'));
const base = { ...groups[0].common, ...groups[0].cases[0].in };
const now = BigInt(base.now);
const original = readAttest(Buffer.from(base.attest, 'hex'));
const NONE = Buffer.alloc(0);

// ---- keys

function keyOf(name) {
  const secret = createPrivateKey({ key: join(Buffer.from('302e020100300506032b657004220420', 'hex'), sha256(Buffer.from(name))), format: 'der', type: 'pkcs8' });
  return { secret, share: createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(-32) };
}

const signed = ({ secret }, message) => sign(null, message, secret);
const [owner, releaser] = ['owner', 'releaser'].map(keyOf);

function noteKey(name, type) {
  const key = keyOf(name);
  const typed = join(be(type, 1), key.share);
  const id = sha256(Buffer.from(`${name}\n`), typed).subarray(0, 4);
  return { name, id, key, text: `${name}+${id.toString('hex')}+${typed.toString('base64')}` };
}

const log = noteKey('log.test/x', 1);
const witnesses = ['a', 'b', 'c'].map((letter) => noteKey(`witness.test/${letter}`, 4));
const policy = `log ${log.text}\n${witnesses.map(({ text }, i) => `witness ${i} ${text}`).join('\n')}\ngroup g 2 0 1\nquorum g\n`; // the third is not needed

// ---- parts, each with what is altered of it

const [label, fieldsAt] = [text0('parley/1 statement'), original.statement.length - 64 - 16 - 128];
const fields = original.statement.subarray(fieldsAt, fieldsAt + 128);
const rowOfDevices = original.statement.subarray(label.length + 1 + base.name.length, fieldsAt);

function statementOf({ name = base.name, row = rowOfDevices, s = fields.subarray(0, 32), from = now - 300n, to = now + 86100n, by = owner } = {}) {
  const text = join(label, b8(Buffer.from(name, 'latin1')), row, s, fields.subarray(32), be(from, 8), be(to, 8));
  return join(text, signed(by, text));
}

function checkpointOf(leaves, times) {
  const text = `${log.name}\n2\n${nodeHash(...leaves).toString('base64')}\n`;
  const line = ({ name, id }, bytes) => `\u2014 ${name} ${join(id, bytes).toString('base64')}\n`;
  const cosigned = (witness, time) => line(witness, join(be(time, 8), signed(witness.key, Buffer.from(`cosignature/v1\ntime ${time}\n${text}`))));
  const lines = [line(log, signed(log.key, Buffer.from(text))), ...times.flatMap((time, i) => (time === null ? [] : [cosigned(witnesses[i], time)]))];
  return Buffer.from(`${text}\n${lines.join('')}`);
}

const itemOf = ({ kind, evidence, endorsements }) => join(be(kind, 1), b32(evidence), b32(endorsements));
const rowOf = (items) => join(be(items.length, 2), ...items.map(itemOf));

function attestOf(altered) {
  const has = { ...original, times: [now - 60n, now - 60n, null], releaser, behind: NONE, items: original.items, ...altered };
  const signature = signed(has.releaser, join(text0('parley/1 manifest'), has.manifest));
  const statement = altered.statement ?? statementOf(altered.states);
  const leaves = [leafHash(join(has.manifest, signature)), leafHash(statement)];
  const proof = (i) => altered[`proof${i}`] ?? join(be(i, 8), leaves[1 - i]);
  const head = join(rowOf(has.items), be(has.n, 2), be(has.index, 2), b16(has.path), b32(has.claims), b32(has.manifest), signature);
  return join(head, b16(statement), b16(checkpointOf(leaves, has.times)), b16(proof(0)), b16(proof(1)), b32(has.boot), has.behind);
}

// ---- the alterations

const claims = (pattern, by) => ({ claims: Buffer.from(original.claims.toString().replace(pattern, by)) });
const manifest = (pattern, by) => ({ manifest: Buffer.from(original.manifest.toString().replace(pattern, by)) });
const engine = (value) => claims(/"engine":\d+/, `"engine":${value}`);
const versions = (value) => claims(/"versions":\[[^\]]*\]/, `"versions":${value}`);
const expires = (value) => manifest(/"expires":\d+/, `"expires":${value}`);
const release = (value) => manifest(/"release":\d+/, `"release":${value}`);
const devices = (...rows) => ({ states: { row: join(be(rows.length, 2), ...rows.map((row) => Buffer.from(row))) } });
const item = { kind: 1, evidence: NONE, endorsements: NONE };
const times = (...row) => ({ times: row.map((offset) => (offset === null ? null : now + BigInt(offset))) });
const [noForm, noLines] = [Buffer.from('{}'), { times: [] }];
const noEndorsements = { items: [{ ...original.items[0], endorsements: Buffer.from('x') }] };

const ALTERED = [
  {}, { states: { to: now, from: now - 100n } }, { states: { from: now, to: now + 86400n } }, { states: { to: now - 1n, from: now - 400n } },
  { states: { from: now, to: now - 1n } }, { states: { from: now, to: now + 86401n } }, { states: { by: releaser, name: 'other.example' } },
  times(-60, -60, -30), times(-60, -60, -90000), times(-86400, -86400, null), times(-86401, -60, null), times(300, 300, null), times(301, -60, null),
  { proof0: NONE }, { proof0: Buffer.alloc(7) }, { proof0: Buffer.alloc(8) }, { proof1: Buffer.alloc(41) }, { proof0: join(be(2, 8), Buffer.alloc(32)) }, { proof1: Buffer.alloc(72) },
  devices(), devices([1, 1, 5], [1, 1, 5]), devices([2, 1, 5], [1, 1, 5]), devices([1, 1, 9], [1, 2, 5, 5]), devices([9, 1, 9]), devices([1, 0]),
  devices(...Array.from({ length: 16 }, (_, i) => [1, 1, i])), devices(...Array.from({ length: 17 }, (_, i) => [1, 1, i])),
  { states: { name: '' } }, { states: { name: 'Chat.example' } }, { states: { name: '\u00e9' } }, { states: { name: 'other.example' }, ...claims('chat.example', 'chap.example') },
  { behind: Buffer.of(0), claims: noForm }, { claims: noForm, manifest: noForm }, { manifest: noForm, statement: Buffer.from('x') }, { statement: Buffer.from('x'), ...noLines },
  { claims: noForm, ...noLines }, { ...noEndorsements, ...noLines }, { ...noEndorsements, claims: noForm }, noEndorsements, { ...noEndorsements, states: { by: releaser } },
  { releaser: owner, states: { by: releaser } }, { states: { to: now - 5n, from: now - 10n, s: Buffer.alloc(32) } },
  engine('1.0'), engine('1e0'), engine('-1'), engine('01'), engine('4294967295'), engine('4294967296'), engine('9007199254740993'), engine('['.repeat(40) + ']'.repeat(40)),
  versions('[65535]'), versions('[65536]'), versions('[0,1]'), versions('[]'), versions('[2,1]'), claims(/"levels":\[[^\]]*\]/, '"levels":[]'),
  claims(/"tick":\d+/, '"tick":4'), claims(/"tick":\d+/, '"tick":5'), claims(/"tick":\d+/, '"tick":1001'), claims('["chat.example"', '["chat.example","chat.example"'),
  claims('"chat.example"', '"Chat.example"'), claims('"chat.example"', '"ch\\u0061t.example"'), claims('"names"', '"n\\u0061mes"'), claims(/^/, ' '), claims(/$/, '\n'), claims(/^/, '\ufeff'),
  expires(now), expires('-1'), expires('9223372036854775807'), expires('9223372036854775808'), release('4294967295'), release('4294967296'), manifest(/"snp":\[[^\]]*\]/, '"snp":[]'),
  { n: 1025, index: 0 }, { n: 0, index: 0 }, { path: NONE }, { items: [], path: NONE }, { n: 3, index: 3, items: [] }, { items: [{ ...item, kind: 2 }] },
  { items: Array.from({ length: 16 }, () => ({ ...item, kind: 2 })) }, { items: Array.from({ length: 17 }, () => item) },
];

const LENT = [ // what the client brings
  { built: now + 300n }, { built: now + 301n }, { floor: now + 300n }, { floor: now + 301n }, { level: 2 }, { level: 1 }, { version: 2 }, { heads: Buffer.concat([be(2, 8), Buffer.alloc(32)]).toString('hex') },
];

function question(altered, lent = {}) {
  const keys = { log_policy: policy, owner: owner.share.toString('hex'), releaser: releaser.share.toString('hex') };
  const given = { op: 'p1.attest', ...base, ...keys, ...lent, attest: attestOf(altered).toString('hex') };
  for (const name of ['now', 'built', 'floor', 'least_release', 'level', 'epoch', 'version']) given[name] = Number(given[name]);
  return given;
}

export const attests = () => [...ALTERED.map((altered) => question(altered)), ...LENT.map((lent) => question({}, lent)), ...LENT.map((lent) => question(noLines, lent))];
