// A second opinion on the Noise vectors: other code, another language, written from the prose alone (noise_session.mjs).
//   node noise.mjs FILE...       recomputes each value and verdict of nz.*.json from its inputs; a line for each difference
//   node noise.mjs --self-test   recomputes an exchange of a deployed system on which other implementations agree
// Exit status: 0 all agreed, 1 something differed or nothing was compared, 64 usage, 77 the library lacks an algorithm.
import { bytes, compare, compareFile, run } from './compare.mjs';
import { CIPHERS, HASHES, Rejected, Session, shareOf } from './noise_session.mjs';

// ---- a case: the way there, and the judged call

const WORDS = ['role', 'name', 'dir', 'n'];
const INPUT = /^(role|name|dir|n|prologue|s|e|rs|e1|ekem1|x|label|[pmqr][1-9]|payload|msg|ad|pt|ct)$/;
// p1 is the payload of message 1, which this side wrote; r2 the second record that it opened.
const HANDSHAKE = [['m', 'read'], ['p', 'write']];
const RECORDS = [['q', 'seal'], ['r', 'open']];

const CALLS = { // each answers its outputs
  'nz.init': (_, given) => (new Session(given), {}),
  'nz.write': (session, { payload }) => ({ msg: session.write(payload), ...done(session) }),
  'nz.read': (session, { msg }) => {
    const known = session.rs;
    const payload = session.read(msg);
    return { payload, ...(session.rs !== known && { rs: session.rs }), ...done(session) };
  },
  'nz.split': (session) => ({ hash: session.hash }),
  'nz.seal': (session, { pt, ad }) => ({ ct: session.seal(pt, ad) }),
  'nz.open': (session, { ct, ad }) => ({ pt: session.open(ct, ad) }),
  'nz.rekey': (session, { dir, pt, ct }) => {
    session.rekey(dir);
    return pt !== undefined ? { ct: session.seal(pt) } : { pt: session.open(ct) }; // in that direction, or in the other one
  },
  'nz.export': (session, { label, n }) => ({ out: session.export(label, n) }),
};

const done = (session) => session.records && { done: 1 };

function inputsOf(given, c) {
  for (const key in given) {
    if (!INPUT.test(key)) throw new Error(`${c.id}: the witness does not know the input '${key}'`);
    if (!WORDS.includes(key)) given[key] = bytes(given[key]);
  }
  return given;
}

function arrive(given) {
  const session = new Session(given);
  for (const steps of [HANDSHAKE, RECORDS])
    for (let i = 1; i <= 9; i++)
      for (const [letter, step] of steps) if (letter + i in given) session[step](given[letter + i]);
  if ('x' in given) session.export(given.x, 32);
  return session;
}

// All that the next step would depend on.
const fingerprint = (session) => JSON.stringify(session, (_, value) => (typeof value === 'bigint' ? String(value) : value));

function recompute(op, given) {
  let session = null;
  const way = judge(() => { if (op !== 'nz.init') session = arrive(given); });
  if (way.verdict !== 'accept') return { verdict: `${way.verdict}, before the judged call` };
  const before = fingerprint(session);
  const got = judge(() => CALLS[op](session, given));
  return { ...got, after: session?.failed ? 'ended' : fingerprint(session) === before ? 'same' : 'changed' };
}

function judge(work) {
  try {
    return { verdict: 'accept', ...work() };
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    return { verdict: `reject ${error.message}` };
  }
}

function stated(c) {
  if (c.expect === 'accept') return { verdict: 'accept', ...c.out };
  return { verdict: `reject ${c.reason}`, ...(c.after && { after: c.after }) };
}

// ---- the self-test: a deployed suite, fixed secrets, an evidence document in message 2, then records both ways

function selfTest() {
  const name = 'Noise_XX_25519_AESGCM_SHA256';
  const peer = (role, s, e) => new Session({ role, name, s: Buffer.alloc(32, s), e: Buffer.alloc(32, e) });
  const [initiator, responder] = [peer('i', 0x11, 0x22), peer('r', 0x33, 0x44)];
  const evidence = Buffer.from('{"platform":"SEV-SNP"}');
  const get = bytes('080110001801220e080712034745541a052f70696e67');
  const pong = bytes('080110001801220b080710c8011a04504f4e47');
  const got = { rs: shareOf(Buffer.alloc(32, 0x33)), m1: initiator.write(bytes('')) };
  responder.read(got.m1);
  got.m2 = responder.write(evidence);
  got.evidence = initiator.read(got.m2);
  got.m3 = initiator.write(bytes(''));
  responder.read(got.m3);
  Object.assign(got, { hash: initiator.hash, same: responder.hash });
  Object.assign(got, { c0: initiator.seal(get), c1: initiator.seal(get), s0: responder.seal(pong) });
  compare('self-test', {
    rs: '7b0d47d93427f8311160781c7c733fd89f88970aef490d8aa0ee19a4cb8a1b14',
    m1: '0faa684ed28867b97f4a6a2dee5df8ce974e76b7018e3f22a1c4cf2678570f20',
    m2: 'ff2ee45601ec1b67310c7790404585ae697331eee1c1f8cf2419731c1fff3e6bf4ec399486d193185c05ec21fc2537a1'
      + '9368ee7006880f506b2d8e77572eeeb146f3e556b8dbe32785eb085bbcd03443b065b75a2968c805f8d32d8f2815cfd3'
      + '7e2f9c3d620dedf08eadd7a1ea92dfda7adee89d46c3',
    evidence,
    m3: 'b619d80cb0582b095ff541a2fc71deb1049d14a03e02325090f32ee6cc86770a4097ecd6a45599cd493adb28ea05f783'
      + '0cc739f94f270a2aecfeb4322630238c',
    hash: '0673b769a3589f4a29de136bbe1e3dbba0adeed745f2a00dc34b458d04c1d54d',
    same: '0673b769a3589f4a29de136bbe1e3dbba0adeed745f2a00dc34b458d04c1d54d',
    c0: '7de2865f849e23e8f8c8f981895d408d970f42be9f8875d8b2482213dc7172569a06b9187475',
    c1: 'b9cafb363d7e1f987129b701fb4800946b9e5fdd2504a8b3e9f3a84c9ff81cc24e56975ebac7',
    s0: '5c2b8ddc99e2cb711a0469c803e0abb31a06aa80cf291dff433742af6a13f7e5e7f23d',
  }, got);
  compare('self-test', { opened: get }, { opened: responder.open(got.c0) });
}

// ---- the program

const WITNESS = { operations: Object.keys(CALLS), inputsOf, recompute, stated };
run('node noise.mjs FILE... | --self-test', [...Object.values(HASHES), ...Object.values(CIPHERS)], (file) =>
  file === '--self-test' ? selfTest() : compareFile(file, WITNESS));
