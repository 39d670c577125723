// A second opinion on the vectors of receipts and turns: other code, another language, written from the prose alone (receipt.mjs, turn.mjs).
//   node inference.mjs FILE...   recomputes each value and verdict of in.*.json from its inputs; a line for each difference
// Of an accepted case it also writes the opening again and makes the receipt from it; of a rejected one it names the sentence.
// Exit status: 0 all agreed, 1 something differed or nothing was compared, 64 usage, 77 the library lacks an algorithm.
import { bytes, compareFile, run } from './compare.mjs';
import { H, makeReceipt, readOpening, Rejected, text0, traceOf, verify, writeOpening } from './receipt.mjs';
import * as turn from './turn.mjs';

const NUMBERS = ['engine', 'vocabulary', 'context', 'end', 'finish', 'level', 'records', 'used', 'n', 'tick', 'chance'];
const AS_THEY_STAND = ['spells', 'enclave'];
const INPUT = new RegExp(`^(${NUMBERS.join('|')}|${AS_THEY_STAND.join('|')}|m[1-9]|session|opening|receipt|model|tokenizer|mk|request|answer|message|` +
  'seed|key|statement|signature|indexes|frank|gaps)$');

// The toy model of the vectors (vectors/format, "The toy model").
const toy = ({ engine, model, tokenizer, vocabulary, context, end }) => ({
  engine, digest: model, tokenizer, vocabulary, context, end,
  draw: (opening, said) => {
    const asked = [opening.model, opening.seed, opening.parameters.subarray(0, 14), opening.prompt];
    return H(text0('parley toy draw'), ...asked, said).readUInt16BE(0) % vocabulary;
  },
  text: (token) => Buffer.of(token & 255),
});

const earlier = (given) => Object.keys(given).filter((key) => /^m\d$/.test(key)).sort().map((key) => turn.readMessage(given[key]));

const CALLS = { // each answers its outputs, and what it read or made on the way
  'in.make': ({ engine, session, opening }) => {
    const read = readOpening(opening);
    const receipt = makeReceipt(engine, session, read);
    return { receipt, opening: writeOpening(read), ...traceOf(receipt, read) };
  },
  'in.verify': (given) => {
    const { opening, receipt, notCompared } = verify(toy(given), given.receipt, given.opening, (bytes) => turn.checkSigned(bytes, given));
    const again = { opening: writeOpening(opening), receipt: makeReceipt(receipt.engine, receipt.session, opening) };
    return { ...again, not_compared: notCompared };
  },
  'in.message': ({ message }) => ({ type: turn.readMessage(message).type }),
  'in.request': ({ message }) => turn.judgeRequest(turn.readMessage(message)),
  'in.refusal': ({ message }) => ({ error: turn.errorFor(turn.readMessage(message)) }),
  'in.serve': (given) => turn.serve(earlier(given), turn.readMessage(given.message)),
  'in.turn': (given) => turn.derive(given),
  'in.answer': (given) => turn.takeAnswer(given, earlier(given), turn.readMessage(given.message)),
  'in.sign': (given) => ({ signature: turn.signReceipt(given) }),
  'in.receipt': (given) => turn.checkReceipt(given),
  'in.frank': (given) => ({ frank: turn.makeFrank(given) }),
  'in.moderate': (given) => turn.moderate(given),
  'in.pad': (given) => turn.pad(given),
  'in.chunk': (given) => turn.judgeChunk(given),
  'in.bucket': (given) => turn.takeRecords(given),
  'in.gap': (given) => turn.gap(given),
};

function inputsOf(given, c) {
  for (const key in given) {
    if (!INPUT.test(key)) throw new Error(`${c.id}: the witness does not know the input '${key}'`);
    if (!NUMBERS.includes(key) && !AS_THEY_STAND.includes(key)) given[key] = bytes(given[key]);
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

function stated(c, { engine, opening, receipt }) {
  if (c.expect === 'accept' && engine === undefined) return { verdict: 'accept', ...c.out };
  if (c.expect === 'accept') return { verdict: 'accept', opening, ...(receipt && { receipt }), ...c.out, ...c.trace };
  return { verdict: `reject ${c.reason}`, site: c.site };
}

const WITNESS = { operations: Object.keys(CALLS), inputsOf, recompute, stated };
run('node inference.mjs FILE...', ['sha256'], (file) => compareFile(file, WITNESS));
