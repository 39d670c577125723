// Profile parley1: a client's session, from parley1_session.md and parley1_talk.md alone: its states, epochs, waits and turns. It reads no clock,
// opens no socket and draws nothing by itself: the caller lends time and chance, gives it what comes and sends what it answers.
import { b16, b32, be, demand, join, NONE, Rejected } from './bytes.mjs';
import { decaps, keyGen } from './mlkem.mjs';
import { beginHandshake, epochKeys, firstSeed, nextSeed, nextX, sha256 } from './parley1_keys.mjs';
import { judgeAttest } from './parley1_evidence.mjs';
import { Joiner, Ratchet, readPlain, TYPES, writePlains } from './parley1_record.mjs';
import { bucketOf, checkReceipt, clientTakes, makeFrank, readMessage, turnOf } from './turn.mjs';

const NOISE_FULL = 65519;
const ATTEST_MAX = 524148;
const WAITS = { shaking: [10, 'P1-166'], proving: [30, 'P1-167'], ready: [30, 'P1-168'], attest: [30, 'P1-174'] };
const [IDLE, NO_REQUEST, NO_READING] = [3600, 600, 900]; // seconds
const REQUESTS = 64;
const ANSWER_MAX = 1048576;
const CHUNK_MAX = 242; // at levels 2 and 3

export const PARAMETERS = { temperature: 0, topK: 0, topP: 0, minP: 0, penalty: 0, maxTokens: 0 };

const parametersOf = (given) => {
  const { temperature, topK, topP, minP, penalty, maxTokens } = { ...PARAMETERS, ...given };
  return join(be(temperature, 2), be(topK, 2), be(topP, 4), be(minP, 4), be(penalty, 2), be(maxTokens, 4), be(0, 1));
};

/** said: [{ role, text }]; the last of them is the question. */
export function writeRequest({ id, receipt = false, seed = Buffer.alloc(32), parameters, said }) {
  const rows = said.map(({ role, text }) => join(be(role, 1), b32(Buffer.from(text, 'utf8'))));
  return join(be(TYPES.request, 1), be(id, 4), be(receipt ? 1 : 0, 1), seed, b32(parametersOf(parameters)), be(0, 2), be(rows.length, 2), ...rows);
}

/** lent: { name, wants, memory, level, token, now(): BigInt of seconds since 1970, clock(): seconds that count through sleep, random(n), on }. */
export class ClientSession {
  constructor({ name, wants, memory, level = 0, token = NONE, now, clock, random, on = {} }) {
    Object.assign(this, { name, wants: { ...wants, level }, memory, level, token, now, clock, random, on });
    this.state = 'new';
    this.lastId = 0;
    this.turn = null;
    this.epoch = -1;
    this.waits = new Map(); // for what, and since when
  }

  // ---- 1. The order

  /** The first message. */
  begin() {
    const [nibble, place] = this.random(2);
    const drawn = { nibble: nibble & 15, first: (place & 1) === 1, e: this.random(32), e1: this.random(64) };
    this.handshake = beginHandshake(this.name, drawn);
    this.enters('shaking');
    this.born = this.clock(); // of the evidence: its age counts from message 1 or step
    this.idleSince = this.born;
    return [this.handshake.message1];
  }

  enters(state) {
    this.waits.delete(this.state);
    this.state = state;
    if (state in WAITS) this.waits.set(state, this.clock());
  }

  /** One message of the enclave; the answer is what is to be sent. Whatever is refused ends the session: the caller closes with 1002. */
  take(message) {
    try {
      this.tick();
      if (this.state === 'shaking') return this.takesMessage2(message);
      if (this.state === 'proving') return this.takesAttest0(message);
      demand(this.state === 'open', 'P1-144');
      return this.takesRecord(message);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  takesMessage2(message) {
    this.agreed = this.handshake.agree(message);
    this.attest0 = [];
    this.enters('proving');
    return [];
  }

  takesAttest0(record) {
    const part = this.agreed.noise.open(record);
    this.attest0.push(part);
    const all = join(...this.attest0);
    demand(all.length >= 4 || part.length === NOISE_FULL, 'P1-140');
    const length = all.readUInt32BE(0);
    const whole = 4 + length === all.length;
    demand(length <= ATTEST_MAX && 4 + length >= all.length, 'P1-140');
    demand(whole || part.length === NOISE_FULL, 'P1-140');
    return whole ? this.proves(all.subarray(4)) : [];
  }

  proves(attest) {
    const { h, s, r0, base, version } = this.agreed;
    this.identity = undefined;
    this.handshaken = { s, offer: this.handshake.offer, version };
    const t = this.verifies(0, h, attest);
    this.startsEpoch(0, t, firstSeed(base, t), r0);
    base.fill(0);
    this.agreed = this.handshake = this.attest0 = null;
    this.enters('open');
    const token = join(be(TYPES.token, 1), be(this.token.length > 0 ? 1 : 0, 1), b16(this.token));
    return [...this.opening, ...this.seals(token, false)];
  }

  verifies(epoch, x, attest) {
    const expects = { ...this.handshaken, name: this.name, epoch, x, before: this.identity };
    const judged = judgeAttest(attest, this.wants, this.memory, expects, this.now());
    this.memory = judged.memory;
    this.identity = judged.identity;
    this.evidenceBefore = this.evidence; // of the epoch that still runs at the enclave
    this.evidence = {
      q: judged.statement.q, statement: sha256(judged.read.statement), claims: judged.claims,
      model: Buffer.from(judged.claims.model, 'hex'), tokenizer: Buffer.from(judged.claims.tokenizer, 'hex'),
    };
    this.on.verified?.(epoch, judged);
    return judged.t;
  }

  // ---- epochs

  startsEpoch(epoch, t, seed, r) {
    const { root, link } = epochKeys(seed, epoch);
    seed.fill(0);
    const old = this.ratchet;
    const ratchet = new Ratchet({ client: true, epoch, t, root, r, sent: old?.sending.n ?? 0, received: 0 });
    Object.assign(this, { old, ratchet, link, epoch, t, ready: false, requests: 0 });
    if (!old) this.joiners = { control: new Joiner('enclave', false), talk: new Joiner('enclave', true) };
    this.opening = this.seals(join(be(TYPES.start, 1), be(this.level, 1)), false);
    this.waits.set('ready', this.clock());
  }

  /** May a step be sent now? After ready, and while no bucket of ours is open. */
  get maySteps() {
    return this.state === 'open' && this.ready && !this.stepping;
  }

  /** Must a step come before the next request? */
  get mustStep() {
    return this.requests >= REQUESTS || this.age >= NO_REQUEST;
  }

  get age() {
    return this.clock() - this.born;
  }

  step() {
    if (!this.maySteps) throw new TypeError('a step comes after ready, one at a time');
    const kem = keyGen(this.random(32), this.random(32));
    const message = join(be(TYPES.step, 1), be(this.epoch + 1, 4), kem.ek);
    this.stepping = { kem, message, born: this.clock() };
    this.waits.set('attest', this.clock());
    return this.seals(message, false);
  }

  takesReply(message) {
    demand(this.stepping && !this.stepping.reply, 'P1-156');
    demand(message.readUInt32BE(1) === this.epoch + 1, 'P1-151');
    Object.assign(this.stepping, { reply: message, secret: decaps(this.stepping.kem, message.subarray(5, 1093)), r: message.subarray(1093) });
    return [];
  }

  takesAttest(message) {
    demand(this.stepping?.reply, 'P1-156');
    const { message: step, reply, secret, r, born } = this.stepping;
    const x = nextX(this.t, step, reply);
    const t = this.verifies(this.epoch + 1, x, message.subarray(1));
    const seed = nextSeed(this.link, secret, t);
    for (const used of [secret, this.link]) used.fill(0);
    this.stepping = null;
    this.waits.delete('attest');
    this.born = born;
    this.startsEpoch(this.epoch + 1, t, seed, r);
    return this.opening;
  }

  // ---- records

  seals(message, talk) {
    return writePlains(message, talk, this.level).map((plain) => {
      const { record, mk } = this.ratchet.seal(plain, this.random(32));
      this.mk ??= mk;
      return record;
    });
  }

  takesRecord(record) {
    const { plaintext, first, evidence } = this.opens(record);
    const { last, talk, bytes } = readPlain(plaintext, this.level);
    demand(!first || (!talk && bytes[0] === TYPES.ready), 'P1-144'); // that it is no longer is the joiner's matter
    if (talk) this.takesTalkRecord(bytes, last);
    const message = this.joiners[talk ? 'talk' : 'control'].take(bytes, last);
    if (message === undefined) return [];
    return talk ? this.takesTalk(message, evidence) : this.takesControl(message, first);
  }

  opens(record) { // of this epoch, or of the one before until this one has begun
    const begins = this.old && record.length >= 44 && record.readUInt32BE(40) === this.epoch;
    if (this.old && !begins) return { plaintext: this.old.open(record).plaintext, first: false, evidence: this.evidenceBefore };
    if (begins) this.ratchet.receiving.n = this.old.receiving.n;
    const first = !this.ready;
    const { plaintext } = this.ratchet.open(record);
    if (begins) {
      this.old = null;
      demand(this.joiners.control.length === 0 && this.joiners.talk.length === 0, 'P1-150');
    }
    return { plaintext, first, evidence: this.evidence };
  }

  takesControl(message, first) {
    if (message[0] === TYPES.ready) {
      demand(first, 'P1-144');
      this.ready = true;
      this.waits.delete('ready');
      this.on.ready?.(this.epoch);
      return [];
    }
    return message[0] === TYPES.reply ? this.takesReply(message) : this.takesAttest(message);
  }

  // ---- turns

  /** The records of a request, fills with them; at level 3 the caller sends one a tick. `id` rises. */
  ask(question) {
    if (this.state !== 'open' || this.turn || this.stepping || this.mustStep) throw new TypeError('not now: a turn runs, or a step is due');
    this.lastId += 1;
    const request = writeRequest({ ...question, id: this.lastId });
    this.mk = null;
    const records = this.seals(request, true);
    const fills = this.level === 0 ? 0 : bucketOf(records.length) - records.length;
    for (let i = 0; i < fills; i++) records.push(...this.seals(be(TYPES.fill, 1), true));
    const { model } = this.evidence;
    this.turn = { mk: this.mk, model, request: readMessage(request), message: request, open: true, seq: 0, answer: NONE, bucket: { seen: 0, size: 0 } };
    this.requests += 1;
    this.idleSince = this.clock();
    return records;
  }

  cancel() {
    if (!this.turn || this.turn.cancelled) return [];
    this.turn.cancelled = true;
    return this.seals(join(be(TYPES.cancel, 1), be(this.lastId, 4)), true);
  }

  takesTalkRecord(bytes, last) { // padding.md, section 2
    const begins = this.joiners.talk.length === 0;
    const type = begins ? bytes[0] : this.joiners.talk.type;
    demand(type !== TYPES.fill || this.level !== 0, 'IN-105');
    demand(this.turn, 'IN-063');
    demand(this.age < NO_READING, 'P1-164');
    const { bucket } = this.turn;
    const pads = this.level !== 0;
    if (type === TYPES.fill) {
      demand(bucket.size > 0 || this.level === 3, 'IN-106');
      demand(bucket.size === 0 || bucket.seen < bucket.size, 'IN-107');
    } else demand(bucket.size === 0, 'IN-108');
    bucket.seen += 1;
    if (last && [TYPES.end, TYPES.error].includes(type)) bucket.size = pads ? bucketOf(bucket.seen) : bucket.seen;
  }

  takesTalk(message, evidence) {
    const { turn } = this;
    const read = readMessage(message);
    if (read.type === TYPES.chunk) {
      demand(this.level === 0 || read.bytes.length <= CHUNK_MAX, 'IN-102');
      demand(turn.answer.length + read.bytes.length <= ANSWER_MAX, 'IN-065');
    }
    clientTakes(turn, read);
    if (read.type === TYPES.chunk) this.on.chunk?.(read.bytes);
    if (read.type === TYPES.end) this.takesEnd(read, message, evidence);
    if (read.type === TYPES.error) turn.result = { error: read.code };
    if ([TYPES.end, TYPES.error].includes(read.type)) this.idleSince = this.clock();
    if (turn.bucket.size > 0 && turn.bucket.seen === turn.bucket.size) this.finishesTurn();
    return [];
  }

  takesEnd(end, message, { q: key, statement, tokenizer }) {
    const { mk, model, message: request, answer } = this.turn;
    this.turn.result = { answer, asked: this.turn.request.said.length, finish: end.finish, prompt: end.prompt, output: end.output, com: end.com };
    if (end.receipt.length === 0) return;
    const { not_compared } = checkReceipt({ mk, request, model, tokenizer, key, statement, answer, message, spells: false });
    const parts = { opening: end.receipt.subarray(4, 4 + end.receipt.readUInt32BE(0)) };
    const rest = end.receipt.subarray(4 + parts.opening.length);
    Object.assign(parts, { receipt: rest.subarray(0, 264), signature: rest.subarray(264), statement, key, notCompared: not_compared });
    const frank = (indexes) => makeFrank({ mk, request, model, answer, finish: end.finish, ...parts, indexes: join(...indexes.map((i) => be(i, 4))) });
    Object.assign(this.turn.result, { receipt: parts, frank });
  }

  finishesTurn() {
    const { result, answer } = this.turn;
    this.turn = null;
    this.on.answered?.({ answer, ...result });
  }

  // ---- 3. Age and waits

  /** To be called now and then: what has waited too long ends the session. */
  tick() {
    try {
      const now = this.clock();
      for (const [what, since] of this.waits) demand(now - since <= WAITS[what][0], WAITS[what][1]);
      demand(this.idleSince === undefined || now - this.idleSince < IDLE, 'P1-173');
      demand(!this.turn || this.age < NO_READING, 'P1-164');
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close() {
    for (const ratchet of [this.ratchet, this.old]) for (const secret of [ratchet?.root, ratchet?.sending.ck, ratchet?.receiving.ck, ratchet?.own]) secret?.fill(0);
    for (const secret of [this.link, this.mk, this.turn?.mk]) secret?.fill(0);
    Object.assign(this, { state: 'closed', ratchet: null, old: null, turn: null, stepping: null, agreed: null, handshake: null });
    this.waits.clear();
  }
}

export { Rejected, turnOf };
