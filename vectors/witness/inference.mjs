// A second opinion on the receipt vectors: other code, another language, written from the prose alone (receipt.mjs).
//   node inference.mjs FILE...   recomputes each value and verdict of in.*.json from its inputs; a line for each difference
// Of an accepted case it also writes the opening again and makes the receipt from it; of a rejected one it names the sentence.
// Exit status: 0 all agreed, 1 something differed or nothing was compared, 64 usage, 77 the library lacks an algorithm.
import { bytes, compareFile, run } from './compare.mjs';
import { H, makeReceipt, readOpening, Rejected, text0, traceOf, verify, writeOpening } from './receipt.mjs';

const NUMBERS = ['engine', 'vocabulary', 'context', 'end'];
const INPUT = /^(engine|session|opening|receipt|model|tokenizer|vocabulary|context|end)$/;

// The toy model of the vectors (vectors/format, "The toy model").
const toy = ({ engine, model, tokenizer, vocabulary, context, end }) => ({
  engine, digest: model, tokenizer, vocabulary, context, end,
  draw: (opening, said) => {
    const asked = [opening.model, opening.seed, opening.parameters.subarray(0, 14), opening.prompt];
    return H(text0('parley toy draw'), ...asked, said).readUInt16BE(0) % vocabulary;
  },
  text: (token) => Buffer.of(token & 255),
});

const CALLS = { // each answers its outputs, and what it read or made on the way
  'in.make': ({ engine, session, opening }) => {
    const read = readOpening(opening);
    const receipt = makeReceipt(engine, session, read);
    return { receipt, opening: writeOpening(read), ...traceOf(receipt, read) };
  },
  'in.verify': (given) => {
    const { opening, receipt } = verify(toy(given), given.receipt, given.opening);
    const again = { opening: writeOpening(opening), receipt: makeReceipt(receipt.engine, receipt.session, opening) };
    return { ...again, not_compared: 'signature session' };
  },
};

function inputsOf(given, c) {
  for (const key in given) {
    if (!INPUT.test(key)) throw new Error(`${c.id}: the witness does not know the input '${key}'`);
    if (!NUMBERS.includes(key)) given[key] = bytes(given[key]);
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

function stated(c, { opening, receipt }) {
  if (c.expect === 'accept') return { verdict: 'accept', opening, ...(receipt && { receipt }), ...c.out, ...c.trace };
  return { verdict: `reject ${c.reason}`, site: c.site };
}

const WITNESS = { operations: Object.keys(CALLS), inputsOf, recompute, stated };
run('node inference.mjs FILE...', ['sha256'], (file) => compareFile(file, WITNESS));
