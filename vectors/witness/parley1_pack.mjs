// Profile parley1: a pack (sim/pack/pack.md) as what a client wants, and what evidence says in words that people read.
import { readJson } from './json.mjs';
import { readPolicy as readSnpPolicy } from './snp.mjs';
import { readPolicy as readLogPolicy } from './tlog.mjs';

// JSON as read, objects as maps and integers as BigInt, in the form that gpu_evidence.mjs takes.
const plain = (value) => {
  if (value instanceof Map) return Object.fromEntries([...value].map(([name, each]) => [name, plain(each)]));
  return Array.isArray(value) ? value.map(plain) : value;
};

const MEMBERS = ['profile', 'revision', 'time', 'name', 'owner', 'releaser', 'least_release', 'built', 'log_policy', 'product', 'ark', 'snp_policy'];
const MAY_LACK = ['seed', 'vendors', 'gpu_root', 'gpu_policy'];

function isWhole(read) {
  const stranger = [...read.keys()].find((name) => ![...MEMBERS, ...MAY_LACK].includes(name)), missing = MEMBERS.find((name) => !read.has(name));
  if (read.get('profile') !== 'parley1') throw new TypeError('not a pack of profile parley1');
  if (stranger || missing) throw new TypeError(stranger ? `no pack has the member ${JSON.stringify(stranger)}` : `the pack lacks ${missing}`);
  if (read.has('gpu_root') !== read.has('gpu_policy')) throw new TypeError('of gpu_root and gpu_policy there is only one');
}

/** pack: the bytes of pack.json. */
export function wantsOf(pack) {
  const read = readJson(pack);
  isWhole(read);
  const hex = (name) => Buffer.from(read.get(name), 'hex');
  const wants = {
    policy: readLogPolicy(Buffer.from(read.get('log_policy'), 'utf8')), owner: hex('owner'), releaser: hex('releaser'),
    leastRelease: read.get('least_release'), built: read.get('built'),
    anchor: { product: read.get('product'), ark: Buffer.from(read.get('ark'), 'base64') }, snpPolicy: readSnpPolicy(read.get('snp_policy')),
  };
  const gpu = read.has('gpu_root') && { root: Buffer.from(read.get('gpu_root'), 'base64'), policy: plain(read.get('gpu_policy')) };
  if (gpu) Object.assign(wants, { gpu, vendors: Number(read.get('vendors') ?? 1n) });
  return { wants, name: read.get('name'), time: BigInt(Date.parse(read.get('time')) / 1000) };
}

const date = (seconds) => new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z');

/** Pairs of what was verified and its value. */
export const describeEvidence = ({ claims, statement, manifest, memory, appraised }) => [
  ['host', statement.name],
  ['machine', `${appraised.product}, chip ${appraised.device.toString('hex').slice(0, 16)}..., TCB ${appraised.tcb}`],
  ...appraised.gpus.map(({ device, appraised: gpu }) => ['GPU, tied to the report of that machine', `${gpu.model}, key ${device.toString('hex').slice(0, 16)}...`]),
  ['launch measurement, which the release lists', appraised.measurement],
  ['release, signed by its signer and logged', `${manifest.release}, good until ${date(manifest.expires)}`],
  ["owner's statement, logged", `from ${date(statement.from)} to ${date(statement.to)}`],
  ['log', `${memory.heads.at(-1).size} entries, cosigned not before ${date(memory.floor)}`],
  ['model', claims.model],
  ['tokenizer', claims.tokenizer],
  ['padding levels', claims.levels.join(', ')],
];
