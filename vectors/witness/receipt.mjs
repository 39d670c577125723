// Receipts as inference.md says, sections 1 to 7, for the witness: no state, no constant time, every step spelled out.
import { createHash, createHmac } from 'node:crypto';

export const H = (...data) => createHash('sha256').update(Buffer.concat(data)).digest();
const HMAC = (key, data) => createHmac('sha256', key).update(data).digest();
const expand = (key, label) => HMAC(key, Buffer.concat([Buffer.from(label, 'ascii'), Buffer.of(1)]));
const u16 = (value) => Buffer.of(value >> 8, value & 255);
const u32 = (value) => Buffer.concat([u16(value >>> 16), u16(value & 0xffff)]);
export const text0 = (text) => Buffer.from(`${text}\0`, 'ascii');

const FINISHES = ['end', 'length', 'stop', 'cancelled'];
const PARTS = ['model', 'tokenizer', 'prompt', 'parameters', 'seed', 'output'];
const RECEIPT = 264;
const FIRST_LEAF = 40; // after version, engine, session
const TOKENS_MAX = 4096;
const [STOPS_MAX, STOP_MAX] = [4, 32];

const REASONS = { // the reason word that each sentence states
  1: 'length', 2: 'limit', 3: 'limit', 4: 'parse', 5: 'limit', 15: 'length', 16: 'version', 17: 'auth',
  18: 'binding', 19: 'binding', 20: 'binding', 21: 'binding', 22: 'binding', 23: 'binding',
  24: 'suite', 25: 'measurement', 26: 'measurement', 27: 'parse', 28: 'limit', 29: 'auth', 31: 'order', 32: 'truncated',
  35: 'parse', 36: 'parse', 37: 'parse', 38: 'parse', 39: 'parse', 40: 'parse', 41: 'parse', 42: 'parse', 43: 'admission', 44: 'parse',
  45: 'parse', 46: 'parse', 47: 'parse', 48: 'parse', 49: 'parse', 50: 'parse', 51: 'parse', 52: 'limit', 55: 'order', 56: 'order',
  57: 'order', 58: 'order', 59: 'order', 61: 'order', 62: 'order', 63: 'order', 64: 'order', 65: 'limit', 66: 'truncated', 67: 'order',
  78: 'auth', 80: 'auth', 81: 'binding', 82: 'parse', 83: 'binding', 84: 'binding', 85: 'measurement', 86: 'binding', 87: 'binding',
  88: 'binding', 90: 'parse', 91: 'limit', 92: 'order', 93: 'parse', 94: 'binding', 95: 'measurement', 96: 'auth', 100: 'suite',
  102: 'padding', 105: 'padding', 106: 'order', 107: 'padding', 108: 'order', 113: 'untrusted',
};

export class Rejected extends Error {
  constructor(sentence) {
    super(REASONS[sentence]);
    this.site = `IN-${String(sentence).padStart(3, '0')}`;
  }
}

// ---- the opening

const FIXED = 4 * 32 + 1 + 3 * 2;

export function readOpening(given) {
  if (given.length < FIXED) throw new Rejected(1);
  const [salt, model, tokenizer, seed] = [0, 32, 64, 96].map((at) => given.subarray(at, at + 32));
  const finish = given[128];
  const [nParameters, nPrompt, nOutput] = [129, 131, 133].map((at) => given.readUInt16BE(at));
  if (given.length !== FIXED + nParameters + 2 * nPrompt + 2 * nOutput) throw new Rejected(1);
  if (nPrompt < 1 || nPrompt > TOKENS_MAX) throw new Rejected(2);
  if (nOutput < 1 || nOutput > TOKENS_MAX) throw new Rejected(3);
  const end = FIXED + nParameters;
  const parameters = given.subarray(FIXED, end);
  const prompt = given.subarray(end, end + 2 * nPrompt);
  const output = given.subarray(end + 2 * nPrompt);
  return { salt, model, tokenizer, seed, finish, parameters, prompt, output, parameter: readParameters(parameters) };
}

export function readParameters(given) {
  if (given.length < 19) throw new Rejected(4);
  const read = {
    temperature: given.readUInt16BE(0), topK: given.readUInt16BE(2), topP: given.readUInt32BE(4), minP: given.readUInt32BE(8),
    penalty: given.readUInt16BE(12), maxTokens: given.readUInt32BE(14), stops: readStops(given.subarray(18)),
  };
  if (read.temperature > 4000 || read.topP > 65536 || read.minP > 65536) throw new Rejected(5);
  return read;
}

function readStops(given) {
  const stops = [];
  let at = 1;
  for (let left = given[0]; left > 0; left--) {
    const end = at + 1 + given[at];
    if (!(given[at] >= 1 && given[at] <= STOP_MAX && end <= given.length)) throw new Rejected(4);
    stops.push(given.subarray(at + 1, end));
    at = end;
  }
  if (stops.length > STOPS_MAX || at !== given.length) throw new Rejected(4);
  return stops;
}

export function writeOpening({ salt, model, tokenizer, seed, finish, parameter, prompt, output }) {
  const { temperature, topK, topP, minP, penalty, maxTokens, stops } = parameter;
  const numbers = [u16(temperature), u16(topK), u32(topP), u32(minP), u16(penalty), u32(maxTokens), Buffer.of(stops.length)];
  const parameters = Buffer.concat([...numbers, ...stops.flatMap((stop) => [Buffer.of(stop.length), stop])]);
  const counts = [u16(parameters.length), u16(prompt.length / 2), u16(output.length / 2)];
  return Buffer.concat([salt, model, tokenizer, seed, Buffer.of(finish), ...counts, parameters, prompt, output]);
}

const tokensOf = (row) => Array.from({ length: row.length / 2 }, (_, i) => row.readUInt16BE(2 * i));

// ---- the receipt

const keyOf = (salt, part) => expand(salt, `parley receipt part ${part}`);
const leafOf = (salt, part, content) => HMAC(keyOf(salt, part), content);

function linksOf(front, output) { // front: the first 200 bytes of the receipt
  const links = [H(text0('parley receipt start'), front)];
  for (const [k, token] of tokensOf(output).entries()) links.push(H(text0('parley receipt token'), links[k], u32(k + 1), u16(token)));
  return links;
}

const outputContent = ({ prompt, output, finish }, front) =>
  Buffer.concat([u16(prompt.length / 2), u16(output.length / 2), Buffer.of(finish), linksOf(front, output).at(-1)]);

const rootOf = (front) => H(text0('parley receipt root'), front); // the first 232 bytes

export function makeReceipt(engine, session, opening) {
  let receipt = Buffer.concat([u32(1), u32(engine), session]);
  for (const part of PARTS) {
    const content = part === 'output' ? outputContent(opening, receipt) : opening[part];
    receipt = Buffer.concat([receipt, leafOf(opening.salt, part, content)]);
  }
  return Buffer.concat([receipt, rootOf(receipt)]);
}

export function traceOf(receipt, { salt, output }) { // the names of these values are those of the vectors
  const links = linksOf(receipt.subarray(0, 200), output);
  const keys = Object.fromEntries(PARTS.map((part) => [`key_${part}`, keyOf(salt, part)]));
  return { ...keys, link_0: links[0], link_1: links[1], link_last: links.at(-1) };
}

// ---- verifying: the sentences in the order of their numbers, the first that is broken refuses

export function readReceipt(given) {
  if (given.length !== RECEIPT) throw new Rejected(15);
  if (given.readUInt32BE(0) !== 1) throw new Rejected(16);
  if (!rootOf(given.subarray(0, 232)).equals(given.subarray(232))) throw new Rejected(17);
  const leaf = (k) => given.subarray(FIRST_LEAF + 32 * k, FIRST_LEAF + 32 * (k + 1));
  return { engine: given.readUInt32BE(4), session: given.subarray(8, FIRST_LEAF), leaf };
}

export function compareParts(opening, receipt, given) {
  PARTS.forEach((part, k) => {
    const content = part === 'output' ? outputContent(opening, given.subarray(0, 200)) : opening[part];
    if (!leafOf(opening.salt, part, content).equals(receipt.leaf(k))) throw new Rejected(18 + k);
  });
}

// A model: engine, digest, tokenizer, vocabulary, context, end, draw(opening, the row of the output so far) and text(token).
function compareModel(opening, receipt, model) {
  if (receipt.engine !== model.engine) throw new Rejected(24);
  if (!opening.model.equals(model.digest)) throw new Rejected(25);
  if (!opening.tokenizer.equals(model.tokenizer)) throw new Rejected(26);
  if (tokensOf(opening.prompt).some((token) => token >= model.vocabulary)) throw new Rejected(27);
  if ((opening.prompt.length + opening.output.length) / 2 > model.context) throw new Rejected(28);
}

function runAgain(opening, model) {
  const output = tokensOf(opening.output);
  const drawn = (token, k) => token === model.draw(opening, opening.output.subarray(0, 2 * k));
  if (!output.every(drawn)) throw new Rejected(29);
  const endings = endingsOf(opening, model, output);
  if (endings.slice(0, -1).some((ending) => ending !== 'cancelled')) throw new Rejected(31);
  if (FINISHES[opening.finish] !== endings.at(-1)) throw new Rejected(32);
}

// For each token, how it ends the output; `cancelled` is none of the other ways.
function endingsOf({ parameter: { stops, maxTokens }, prompt }, model, output) {
  const positions = model.context - prompt.length / 2;
  let said = Buffer.alloc(0);
  return output.map((token, k) => {
    said = Buffer.concat([said, model.text(token)]);
    if (token === model.end) return 'end';
    if (stops.some((stop) => said.includes(stop))) return 'stop';
    return k + 1 === maxTokens || k + 1 === positions ? 'length' : 'cancelled';
  });
}

// judgeSigned(receipt): what is judged of it between its root and its parts; answers what was not compared.
export function verify(model, receiptBytes, openingBytes, judgeSigned) {
  const opening = readOpening(openingBytes);
  const receipt = readReceipt(receiptBytes);
  const notCompared = judgeSigned(receiptBytes);
  compareParts(opening, receipt, receiptBytes);
  compareModel(opening, receipt, model);
  runAgain(opening, model);
  return { opening, receipt, notCompared };
}
