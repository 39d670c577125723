// A second opinion on the vectors of transparency logs: other code, another language, written from the prose alone (tlog.mjs).
//   node translog.mjs FILE...   recomputes each value and verdict of tl.*.json from its inputs; a line for each difference
// Of a rejected case it names the sentence too. A file of an operation that it does not know is skipped, and said to be.
// Exit status: 0 all agreed, 1 something differed or nothing was compared, 64 usage, 77 the library lacks an algorithm.
import { readFileSync } from 'node:fs';
import { bytes, compareFile, run } from './compare.mjs';
import { checkConsistency, checkInclusion, leafHash, nodeHash, openNote, readCheckpoint, readKey, readPolicy, Rejected, takeCheckpoint } from './tlog.mjs';

const READ = { // how the text of an input becomes its value
  bytes, text: String, number: BigInt,
  hashes: (text) => (text.match(/.{1,64}/g) ?? []).map(bytes),
};
const INPUTS = {
  bytes: ['entry', 'left', 'right', 'leaf', 'root', 'earlier_root', 'later_root', 'text', 'note', 'policy'],
  number: ['index', 'size', 'earlier_size', 'later_size', 'now', 'age', 'skew'],
  text: ['vkey', 'origin'],
  hashes: ['proof'],
};

const CALLS = { // each answers its outputs
  'tl.leaf': ({ entry }) => ({ hash: leafHash(entry) }),
  'tl.node': ({ left, right }) => ({ hash: nodeHash(left, right) }),
  'tl.inclusion': ({ leaf, index, size, root, proof }) => checkInclusion(leaf, index, size, root, proof),
  'tl.consistency': (given) => {
    const [earlier, later] = ['earlier', 'later'].map((which) => ({ size: given[`${which}_size`], root: given[`${which}_root`] }));
    return checkConsistency(earlier, later, given.proof);
  },
  'tl.key': ({ vkey }) => {
    const { name, id, type, key } = readKey(vkey);
    return { name, key_id: id, type, key };
  },
  'tl.note': ({ note, vkey }) => {
    const key = readKey(vkey);
    const { times } = openNote(note, [key]);
    return { found: times.has(key), time: times.get(key) ?? 0 };
  },
  'tl.checkpoint': ({ text, origin }) => readCheckpoint(text.toString(), origin),
  'tl.policy': ({ policy }) => {
    const { witnesses, groups } = readPolicy(policy);
    return { witnesses: witnesses.length, groups };
  },
  'tl.take': ({ policy, note, proof, size, root, now, age, skew }) => {
    const held = size === undefined ? undefined : { size, root };
    return takeCheckpoint(readPolicy(policy), note, proof, held, { now, age, skew });
  },
};

function inputsOf(given, c) {
  for (const key in given) {
    const how = Object.keys(INPUTS).find((kind) => INPUTS[kind].includes(key));
    if (how === undefined) throw new Error(`${c.id}: the witness does not know the input '${key}'`);
    given[key] = READ[how](given[key]);
  }
  return given;
}

function recompute(op, given) {
  try {
    return { verdict: 'accept', ...CALLS[op](given) };
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    return { verdict: `reject ${error.message}`, site: error.site };
  }
}

function stated(c) {
  if (c.expect === 'accept') return { verdict: 'accept', ...c.out };
  return { verdict: `reject ${c.reason}`, site: c.site };
}

const WITNESS = { operations: Object.keys(CALLS), inputsOf, recompute, stated };
run('node translog.mjs FILE...', ['sha256'], (file) => {
  const { op } = JSON.parse(readFileSync(file, 'utf8'));
  if (op in CALLS) compareFile(file, WITNESS);
  else console.log(`${file}: skipped, the witness does not recompute '${op}'`);
});
