// A second opinion on the vectors of histories: other code, another language, written from the prose alone (store.mjs).
//   node history.mjs FILE...   recomputes each value and verdict of hi.*.json from its inputs; a line for each difference
// Of a rejected case it names the sentence too.
// Exit status: 0 all agreed, 1 something differed or nothing was compared, 64 usage, 77 the library lacks an algorithm.
import { bytes, compareFile, run } from './compare.mjs';
import * as store from './store.mjs';

const NUMBERS = { generation: Number, version: BigInt, v: BigInt, known_v: BigInt, known_generation: Number, rotates: Boolean };

const CALLS = { // each answers its outputs
  'hi.kek': ({ prf, credential }) => ({ kek: store.kekOf(prf, credential), input: store.PRF_INPUT }),
  'hi.seal': ({ key, salt, text, a }) => ({ sealed: store.seal(key, salt, text, a) }),
  'hi.open': ({ key, sealed, a }) => ({ text: store.open(key, sealed, a) }),
  'hi.wrap': ({ kek, salt, root, generation, credential }) => ({ wrap: store.wrap(kek, salt, root, generation, credential) }),
  'hi.unwrap': ({ kek, wrap, generation, credential }) => ({ root: store.unwrap(kek, wrap, generation, credential) }),
  'hi.item': (given) => ({ item: store.sealItem(given) }),
  'hi.read': (given) => ({ text: store.readItem(given) }),
  'hi.index': (given) => ({ index: store.sealIndex(given) }),
  'hi.head': (given) => {
    const head = store.makeHead(given);
    return { head, code: store.codeOf(head) };
  },
  'hi.put': (given) => store.offer(given),
  'hi.take': (given) => store.takeStore(given),
  'hi.begin': (given) => store.begin(given),
  'hi.enrol': (given) => ({ content: store.enrol(given) }),
  'hi.rotate': (given) => ({ content: store.rotate(given) }),
};

function inputsOf(given) {
  const read = Object.fromEntries(Object.entries(given).map(([key, value]) => [key, (NUMBERS[key] ?? bytes)(value)]));
  const { known, known_v: v, known_generation: generation, ...rest } = read;
  return known === undefined ? rest : { ...rest, known: { v, generation, digest: known } };
}

function recompute(op, given) {
  try {
    return { verdict: 'accept', ...CALLS[op](given) };
  } catch (error) {
    if (!(error instanceof store.Rejected)) throw error;
    return { verdict: `reject ${error.message}`, site: error.site };
  }
}

function stated(c) {
  if (c.expect === 'accept') return { verdict: 'accept', ...c.out };
  return { verdict: `reject ${c.reason}`, site: c.site };
}

const WITNESS = { operations: Object.keys(CALLS), inputsOf, recompute, stated };
run('node history.mjs FILE...', ['sha256', 'chacha20-poly1305'], (file) => compareFile(file, WITNESS));
