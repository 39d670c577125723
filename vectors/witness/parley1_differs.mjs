// Our text and the client from the prose, asked the same: messages of profile parley1 that are wrong in one way or in several, drawn from a seed. A
// difference is a sentence that two readers understand differently, or a fault of one of them.
//   node parley1_differs.mjs 'ADAPTER COMMAND' [COUNT [SEED]]      COUNT beside the attests; exit status: 0 no difference, 1 some, 70 the adapter does not answer
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { be, b8, join } from './bytes.mjs';
import { recompute } from './parley1.mjs';
import { attests } from './parley1_altered.mjs';

const [, , command, count = '500', seed = 'differs'] = process.argv;

// ---- chance from a seed

let [state, drawn] = [createHash('sha256').update(seed).digest(), 0];
function bytes(n) {
  let out = Buffer.alloc(0);
  for (; out.length < n; drawn += 1) out = join(out, createHash('sha256').update(join(state, be(drawn, 8))).digest());
  return out.subarray(0, n);
}
const below = (n) => bytes(4).readUInt32BE(0) % n;
const one = (row) => row[below(row.length)];
const hex = (value) => value.toString('hex');
const flip = (value) => {
  const out = Buffer.from(value);
  if (out.length > 0) out[below(out.length)] ^= 1 << below(8);
  return out;
};
const cut = (value) => value.subarray(0, below(value.length + 1));
const grow = (value) => join(value, bytes(1 + below(3)));

// ---- questions

function plain() {
  const level = one([0, 2, 3]);
  const used = one([0, 1, 9, 252, 253, 254, 65472, 300]);
  const flags = one([0, 1, 2, 3, 3, 3, 1, 4, 255]);
  const filled = one([0, 0, 1, 253 - Math.min(used, 253), 3]);
  const text = Buffer.alloc(used, 0x61);
  const made = join(be(flags, 1), be(one([used, used, used, used + 1, Math.max(used - 1, 0)]), 2), text, Buffer.alloc(filled, one([0, 0, 0, 1])));
  return { op: 'p1.plain', level, plain: hex(made) };
}

const LENGTHS = { 1: 2, 2: 1, 3: 1189, 4: 1125, 5: 300, 6: 4, 7: 90, 8: 5, 9: 12, 10: 60, 11: 6, 12: 1 };

function message() {
  const type = one([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 255]);
  const length = Math.max((LENGTHS[type] ?? 3) + one([0, 0, 0, 1, -1, 3]), 1);
  const whole = join(be(type, 1), Buffer.alloc(length - 1, 7));
  const at = one([0, 0, below(length)]);
  const parts = at > 0 ? { m1: hex(whole.subarray(0, at)), m2: hex(whole.subarray(at)) } : { m1: hex(whole) };
  return { op: 'p1.message', sender: one(['client', 'enclave']), talk: one([true, false]), ...parts };
}

const NAMES = ['chat.example', 'a', 'a.b', 'chat.example.', '', '-a.b', 'a-.b', 'a_b.c', 'A.b', '1.2.3.4', '1.2.3.a4', 'x..y', `${'a'.repeat(63)}.b`, `${'a'.repeat(64)}.b`, 'xn--a.b', 'a.1b', 'a.1', 'é.b'];

function offer() {
  const versions = Array.from({ length: one([0, 1, 1, 2, 2, 2, 3, 16, 17]) }, () => one([1, 1, 2, 3, 0x1a1a, 0x0a0a, 0xfafa, 0, 0x1a2a]));
  const name = Buffer.from(one(NAMES), 'latin1');
  const made = join(be(versions.length + one([0, 0, 0, 0, 1]), 2), ...versions.map((version) => be(version, 2)), b8(name), bytes(one([0, 0, 0, 0, 1, 500])));
  const first = join(be(made.length + one([0, 0, 0, 0, 0, 1]), 2), made, bytes(32), Buffer.alloc(1184));
  return {
    op: 'p1.answer', msg: hex(one([(x) => x, (x) => x, (x) => x, cut, grow])(first)), s: hex(bytes(32)), r0: hex(bytes(32)), coins: hex(bytes(64)),
    versions: one(['0001', '00010002']), names: one(['chat.example a.b', 'a xn--a.b 1.2.3.a4 a.1b']),
  };
}

// A conversation of two ratchets, its last record altered.
const { Ratchet } = await import('./parley1_record.mjs');
const { shareOf } = await import('./noise_session.mjs');

function record() {
  const secret = bytes(32);
  const common = { epoch: one([0, 1, 7]), t: bytes(32), root: bytes(32) };
  const counts = { sent: below(5), received: below(5) };
  const sides = {
    client: { client: true, ...common, r: shareOf(secret), ...counts },
    enclave: { client: false, ...common, r: secret, sent: counts.received, received: counts.sent },
  };
  const peers = { client: new Ratchet(sides.client), enclave: new Ratchet(sides.enclave) };
  const scripts = { client: [], enclave: [] };
  let [from, last] = ['client', null];
  for (let i = 0, n = 1 + below(5); i < n; i++) {
    const [to, coins, text] = [from === 'client' ? 'enclave' : 'client', bytes(32), bytes(4 + below(9))];
    const sealed = peers[from].seal(text, coins).record;
    last = { to, record: sealed, script: join(...scripts[to]) };
    peers[to].open(sealed);
    scripts[from].push(join(be(0, 1), coins, be(text.length, 2), text));
    scripts[to].push(join(be(1, 1), be(sealed.length, 2), sealed));
    if (below(2) === 1) from = to;
  }
  const given = sides[last.to];
  const zeros = (x) => join(Buffer.alloc(32), x.subarray(32)); // alone: in which order a record's faults are found, nothing says
  const alter = one([
    (x) => x, flip, cut, grow, zeros, (x) => join(bytes(32), x.subarray(32)), (x) => join(shareOf(secret), x.subarray(32)),
    (x) => join(x.subarray(0, 32), be(below(6), 4), x.subarray(36)), (x) => join(x.subarray(0, 36), be(below(4), 4), x.subarray(40)),
    (x) => join(x.subarray(0, 40), be(below(9), 4), x.subarray(44)),
  ]);
  const twice = alter === zeros ? (x) => x : one([alter, (x) => x, (x) => join(x.subarray(0, 36), be(below(4), 4), x.subarray(40))]);
  const { epoch, t, root, r, sent, received } = given;
  return { op: 'p1.open', before: { side: last.to, epoch, t: hex(t), root: hex(root), r: hex(r), sent, received }, script: last.script, record: hex(twice(alter(last.record))) };
}

// ---- the adapter: a line each way

const child = spawn('sh', ['-c', command], { stdio: ['pipe', 'pipe', 'inherit'] });
const answers = [];
const waiting = [];
let text = '';
child.stdout.on('data', (data) => {
  const lines = (text + data).split('\n');
  text = lines.pop();
  for (const line of lines) (waiting.shift() ?? ((answer) => answers.push(answer)))(JSON.parse(line));
});
child.on('exit', () => waiting.length > 0 && process.exit(70));
let asked = 0;
const ask = (question) => new Promise((done) => {
  waiting.push(done);
  child.stdin.write(`${JSON.stringify({ id: asked++, ...question })}\n`);
});

async function theirs({ before, script, ...question }) {
  if (!before) return ask(question);
  const { h } = await ask({ op: 'p1.ratchet', ...before });
  for (let at = 0; at < script.length;) {
    const seals = script[at] === 0;
    const body = at + (seals ? 33 : 1);
    const given = hex(script.subarray(body + 2, body + 2 + script.readUInt16BE(body)));
    await ask(seals ? { op: 'p1.seal', h, coins: hex(script.subarray(at + 1, at + 33)), pt: given } : { op: 'p1.open', h, record: given });
    at = body + 2 + given.length / 2;
  }
  const answer = await ask({ ...question, h });
  await ask({ op: 'free', h });
  return answer;
}

const flat = (question) => ({ ...question, ...question.before, ...(question.script?.length && { script: hex(question.script) }), before: undefined });

const questions = [...attests(), ...Array.from({ length: Number(count) }, () => one([plain, message, offer, record, record])())];
const outputs = (answer) => Object.keys(answer).filter((name) => name !== 'id' && name !== 'ok');
const said = (value) => (Buffer.isBuffer(value) ? hex(value) : String(value));
let differ = 0;
for (const [i, question] of questions.entries()) {
  const { op, ...given } = JSON.parse(JSON.stringify(flat(question)));
  const ours = recompute(op, given);
  const answer = await theirs(question);
  const [mine, other] = [ours.verdict, answer.ok ? 'accept' : `reject ${answer.rej ?? JSON.stringify(answer)}`];
  const parted = answer.ok ? outputs(answer).filter((name) => said(ours[name]) !== said(answer[name])) : [];
  if (mine !== other || parted.length > 0) {
    differ += 1;
    console.log(`${i}: the prose: ${mine} (${ours.site}); the text: ${other} ${parted}; ${JSON.stringify({ ...question, script: question.script && hex(question.script) }).slice(0, 400)}`);
  }
}
child.stdin.end();
console.log(`${questions.length} questions, ${differ} differ`);
process.exitCode = differ > 0 ? 1 : 0;
