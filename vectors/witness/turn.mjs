// Turns, franks and padding as turn.md, franking.md and padding.md say, for the witness: no state, no constant time, every step spelled out.
import { createHmac, createPublicKey, sign, verify as verifySignature, createPrivateKey } from 'node:crypto';
import { H, compareParts, readOpening, readParameters, readReceipt, Rejected, text0 } from './receipt.mjs';

const HMAC = (key, ...data) => createHmac('sha256', key).update(Buffer.concat(data)).digest();
const be = (value, n) => Buffer.from(BigInt(value).toString(16).padStart(2 * n, '0'), 'hex');
const NONE = Buffer.alloc(0);
const K = (key, label, data = NONE) => HMAC(key, text0(`parley/1 ${label}`), data, Buffer.of(1)); // one block of HKDF-Expand
const demand = (holds, sentence) => {
  if (!holds) throw new Rejected(sentence);
};

// ---- messages

function cursor(bytes, sentence) {
  let at = 0;
  const take = (n) => {
    demand(at + n <= bytes.length, sentence);
    return bytes.subarray(at, (at += n));
  };
  const number = (n) => (n === 0 ? 0 : take(n).readUIntBE(0, n));
  return { take, number, b16: () => take(number(2)), b32: () => take(number(4)), at: () => at, done: () => demand(at === bytes.length, sentence) };
}

const times = (n, read) => Array.from({ length: n }, read);

const READERS = {
  6: (bytes) => {
    const c = cursor(bytes, 36);
    const token = { type: c.number(1), kind: c.number(1), token: c.b16() };
    c.done();
    const n = token.token.length;
    demand((token.kind === 0 && n === 0) || (token.kind === 1 && n >= 1 && n <= 4096), 43);
    return token;
  },
  7: (bytes) => {
    const c = cursor(bytes, 37);
    const head = { type: c.number(1), id: c.number(4), receipt: c.number(1) };
    const seed = c.take(32);
    demand(head.receipt <= 1, 44);
    const parameters = c.b32();
    const tools = times(c.number(2), () => c.b32());
    const steering = bytes.subarray(6, c.at());
    const said = times(c.number(2), () => ({ role: c.number(1), text: c.b32() }));
    c.done();
    return { ...head, seed, parameters, tools, said, steering };
  },
  8: (bytes) => {
    const c = cursor(bytes, 38);
    const cancel = { type: c.number(1), id: c.number(4) };
    c.done();
    return cancel;
  },
  9: (bytes) => {
    const c = cursor(bytes, 39);
    const chunk = { type: c.number(1), id: c.number(4), seq: c.number(4), bytes: c.b16() };
    c.done();
    demand(chunk.bytes.length > 0, 45);
    return chunk;
  },
  10: (bytes) => {
    const c = cursor(bytes, 40);
    const head = { type: c.number(1), id: c.number(4), seq: c.number(4), finish: c.number(1), prompt: c.number(4), output: c.number(4) };
    const com = c.take(32);
    demand(head.finish <= 3, 46);
    const receipt = c.b32();
    c.done();
    return { ...head, com, receipt };
  },
  11: (bytes) => {
    const c = cursor(bytes, 41);
    const error = { type: c.number(1), id: c.number(4), code: c.number(1) };
    c.done();
    demand(error.code >= 1 && error.code <= 6, 47);
    return error;
  },
  12: (bytes) => {
    demand(bytes.length === 1, 42);
    return { type: 12 };
  },
};

export function readMessage(bytes) {
  demand(bytes.length > 0 && bytes[0] in READERS, 35);
  return READERS[bytes[0]](bytes);
}

// ---- what is asked

const isUtf8 = (bytes) => Buffer.from(bytes.toString('utf8'), 'utf8').equals(bytes);

// Objects with a name that stands twice are what JSON.parse lets pass.
function isTool(bytes) {
  if (bytes.length > 65536 || !isUtf8(bytes)) return false;
  try {
    const value = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) && !repeatsName(bytes.toString('utf8'));
  } catch {
    return false;
  }
}

function repeatsName(text) {
  const open = [];
  for (const [token, , colon] of text.matchAll(/"((?:[^"\\]|\\.)*)"(\s*:)?|[{}]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (colon) {
      const name = JSON.parse(token.replace(/\s*:$/, ''));
      if (open.at(-1).has(name)) return true;
      open.at(-1).add(name);
    }
  }
  return false;
}

export function judgeRequest(request) {
  readParameters(request.parameters);
  demand(request.said.length > 0, 48);
  demand(request.said.every(({ role }) => role <= 3), 49);
  demand(request.said.every(({ text }) => isUtf8(text)), 50);
  demand(request.tools.every(isTool), 51);
  demand(request.said.length <= 1024 && request.tools.length <= 256, 52);
}

export function errorFor(request) {
  try {
    judgeRequest(request);
    return 0;
  } catch (error) {
    return error.site === 'IN-052' ? 3 : 2;
  }
}

// ---- order

export function serve(earlier, judged) {
  const state = { admitted: false, open: false, id: undefined, cancelled: false };
  for (const message of earlier)
    if (message.type === 10 || message.type === 11) state.open = false;
    else enclaveTakes(state, message);
  return { stops: enclaveTakes(state, judged) };
}

function enclaveTakes(state, message) {
  if (message.type === 6) {
    demand(!state.admitted, 55);
    state.admitted = true;
    return false;
  }
  demand(![9, 10, 11].includes(message.type), 61);
  demand(state.admitted || message.type === 12, 56);
  if (message.type === 7) {
    demand(state.id === undefined || message.id > state.id, 57);
    demand(!state.open, 58);
    Object.assign(state, { open: true, id: message.id, cancelled: false });
  } else if (message.type === 8) {
    demand(message.id === state.id && !state.cancelled, 59);
    state.cancelled = true;
    return state.open;
  }
  return false;
}

// ---- keys and leaves

const allZero = (bytes) => bytes.every((byte) => byte === 0);
const leafKey = (kturn, i) => K(kturn, 'leaf', be(i, 4));
const leafOf = (key, kind, bytes) => HMAC(key, Buffer.of(kind), bytes);
const comOf = (model, n, leaves, finish) => H(text0('parley/1 com'), model, be(n, 4), ...leaves, Buffer.of(finish));

export function turnOf(mk, request, model, answer, finish) {
  const kturn = K(mk, 'turn');
  const contents = [[255, request.steering], ...request.said.map(({ role, text }) => [role, text]), [4, answer]];
  const leaves = contents.map(([kind, bytes], i) => leafOf(leafKey(kturn, i), kind, bytes));
  const seed = allZero(request.seed) ? K(kturn, 'seed') : request.seed;
  return { kturn, seed, salt: K(kturn, 'salt'), contents, leaves, com: comOf(model, request.said.length, leaves, finish) };
}

export function derive({ mk, request, model, answer, finish }) {
  const { kturn, seed, salt, leaves, com } = turnOf(mk, readMessage(request), model, answer, finish);
  return { kturn, seed, salt, leaf_key_1: leafKey(kturn, 1), com, leaves: Buffer.concat(leaves) };
}

// ---- the client

export function takeAnswer({ mk, request, model }, earlier, judged) {
  const state = { mk, model, request: readMessage(request), open: true, seq: 0, answer: NONE };
  for (const message of [...earlier, judged]) clientTakes(state, message);
  return { open: state.open, answer: state.answer };
}

export function clientTakes(state, message) {
  demand(![6, 7, 8].includes(message.type), 62);
  if (message.type === 12) return;
  demand(state.open && message.id === state.request.id, 63);
  if (message.type === 9) {
    demand(message.seq === state.seq, 64);
    state.answer = Buffer.concat([state.answer, message.bytes]);
    state.seq += 1;
    return;
  }
  if (message.type === 10) {
    demand(message.seq === state.seq, 66);
    demand(message.receipt.length > 0 === (state.request.receipt === 1 && message.output > 0), 67);
    demand(turnOf(state.mk, state.request, state.model, state.answer, message.finish).com.equals(message.com), 78);
  }
  state.open = false;
}

// ---- signed receipts

const DER = { private: '302e020100300506032b657004220420', public: '302a300506032b6570032100' }; // RFC 8410, before the 32 bytes
const keyOf = (bytes, kind, make) => make({ key: Buffer.concat([Buffer.from(DER[kind], 'hex'), bytes]), format: 'der', type: kind === 'private' ? 'pkcs8' : 'spki' });
const signedText = (receipt, statement) => Buffer.concat([text0('parley/1 receipt'), receipt.subarray(232), statement]);

export const signReceipt = ({ seed, receipt, statement }) => sign(null, signedText(receipt, statement), keyOf(seed, 'private', createPrivateKey));

export function checkSigned(receipt, { key, statement, signature, session }) {
  if (key) {
    const holds = signature.length === 64 && verifySignature(null, signedText(receipt, statement), keyOf(key, 'public', createPublicKey), signature);
    demand(holds, 80);
  }
  if (session) demand(receipt.subarray(8, 40).equals(session), 81);
  return [...(key ? [] : ['signature']), ...(session ? [] : ['session'])].join(' ');
}

function spells(output, end, answer) {
  const tokens = times(output.length / 2, (_, i) => output.readUInt16BE(2 * i));
  if (tokens.at(-1) === end) tokens.pop();
  return Buffer.from(tokens.map((token) => token & 255)).equals(answer);
}

export function checkReceipt({ mk, request, model, tokenizer, key, statement, answer, message, end, spells: hasVocabulary }) {
  const ending = readMessage(message);
  const asked = readMessage(request);
  const c = cursor(ending.receipt, 82);
  const [opening, receipt, signature] = [c.b32(), c.take(264), c.take(64)];
  c.done();
  const opened = readOpening(opening);
  const turn = turnOf(mk, asked, model, answer, ending.finish);
  demand(opened.salt.equals(turn.salt), 83);
  demand(opened.seed.equals(turn.seed), 84);
  demand(opened.model.equals(model) && opened.tokenizer.equals(tokenizer), 85);
  demand(opened.parameters.equals(asked.parameters), 86);
  const counts = [opened.finish, opened.prompt.length / 2, opened.output.length / 2];
  demand([ending.finish, ending.prompt, ending.output].every((count, i) => count === counts[i]), 87);
  if (hasVocabulary) demand(spells(opened.output, end, answer), 88);
  const read = readReceipt(receipt);
  checkSigned(receipt, { key, statement, signature, session: ending.com });
  compareParts(opened, read, receipt);
  return { not_compared: hasVocabulary ? '' : 'text' };
}

// ---- franks

export function makeFrank({ mk, request, model, answer, finish, receipt, signature, statement, indexes }) {
  const asked = readMessage(request);
  const { kturn, contents, leaves } = turnOf(mk, asked, model, answer, finish);
  const rows = times(indexes.length / 4, (_, k) => {
    const i = indexes.readUInt32BE(4 * k);
    const [kind, bytes] = contents[i];
    return Buffer.concat([be(i, 4), Buffer.of(kind), leafKey(kturn, i), be(bytes.length, 4), bytes]);
  });
  const head = [receipt, signature, statement, model, be(asked.said.length, 4), ...leaves, Buffer.of(finish)];
  return Buffer.concat([...head, be(rows.length, 2), ...rows]);
}

function readFrank(bytes) {
  const c = cursor(bytes, 90);
  const [receipt, signature, statement, model] = [264, 64, 32, 32].map(c.take);
  const n = c.number(4);
  demand(n >= 1 && n <= 1024, 91);
  const leaves = times(n + 2, () => c.take(32));
  const finish = c.number(1);
  const opened = times(c.number(2), () => ({ index: c.number(4), kind: c.number(1), key: c.take(32), bytes: c.b32() }));
  c.done();
  return { receipt, signature, statement, model, n, leaves, finish, opened };
}

export function moderate({ frank, key, statement, model }) {
  const f = readFrank(frank);
  const last = f.n + 1;
  demand(f.opened.every(({ index }, k) => index <= last && (k === 0 || index > f.opened[k - 1].index)), 92);
  const fits = ({ index, kind }) => (index === 0 ? kind === 255 : index === last ? kind === 4 : kind <= 3);
  demand(f.opened.every(fits), 93);
  demand(f.statement.equals(statement), 113);
  const { session } = readReceipt(f.receipt);
  checkSigned(f.receipt, { key, statement: f.statement, signature: f.signature });
  demand(comOf(f.model, f.n, f.leaves, f.finish).equals(session), 94);
  demand(f.model.equals(model), 95);
  demand(f.opened.every((leaf) => leafOf(leaf.key, leaf.kind, leaf.bytes).equals(f.leaves[leaf.index])), 96);
  const answer = f.opened.find(({ index }) => index === last);
  const context = f.opened.filter(({ index }) => index < last).length;
  return { closed: f.n + 2 - f.opened.length, withheld: context < f.n + 1, answered: answer !== undefined, answer: answer?.bytes ?? NONE };
}

// ---- padding

const pads = (level) => level !== 0;
export const bucketOf = (records) => Math.max(64, 2 ** Math.ceil(Math.log2(records)));
const fillsAfter = (level, records) => (pads(level) ? bucketOf(records) - records : 0);

export function pad({ level, records, used }) {
  demand([0, 2, 3].includes(level), 100);
  return { plain: pads(level) ? 256 : 3 + used, bucket: bucketOf(records), fills: fillsAfter(level, records) };
}

export const judgeChunk = ({ level, n }) => demand(!pads(level) || n <= 242, 102);

export function takeRecords({ level, enclave, records }) {
  let [seen, size] = [0, 0];
  for (const letter of records) {
    if (letter === 'f') {
      demand(pads(level), 105);
      demand(size > 0 || (enclave && level === 3), 106);
      demand(size === 0 || seen < size, 107);
    } else demand(size === 0, 108);
    seen += 1;
    if (letter === 'l') size = seen + fillsAfter(level, seen);
  }
  return { full: size > 0 && seen >= size, size };
}

export function gap({ level, tick, gaps, chance }) {
  const all = times(gaps.length / 4, (_, i) => gaps.readUInt32BE(4 * i));
  return { gap: level === 3 ? tick : (all.at(-1 - (chance % 16)) ?? tick) };
}
