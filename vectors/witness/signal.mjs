// A second opinion on the vectors of profile signal: other code, another language, written from the prose alone (signal_session.mjs, spqr.mjs,
// xeddsa.mjs, mlkem.mjs). Each message follows from every key of every schedule before it, so equal bytes are equal keys.
//   node signal.mjs FILE...       recomputes each value and verdict of rt.*.json from its inputs; a line for each difference
//   node signal.mjs --self-test   recomputes the known answers of the post-quantum ratchet, on which two other programs agree
// Exit status: 0 all agreed, 1 something differed or nothing was compared, 64 usage, 77 the library lacks an algorithm.
import { createHash } from 'node:crypto';
import { bytes, compare, compareFile, run } from './compare.mjs';
import { Device, messageKeys } from './signal_session.mjs';
import { Authenticator, Chain, chunkAt, epochSecret, Refused } from './spqr.mjs';
import { judge, sign } from './xeddsa.mjs';

// ---- a case: the device, the bundle, the script, and the judged call

const DEVICE = ['mode', 'pq', 'coins', 'registration_id', 'signed_prekey_id', 'one_time_id', 'kem_id', 'address', 'their_address', 'their_identity'];
const WORDS = ['mode', 'pq'];

function inputsOf(given) {
  const out = {};
  for (const [key, value] of Object.entries(given)) out[key] = typeof value === 'string' && !WORDS.includes(key) ? bytes(value) : value;
  return out;
}

const pick = (given, keys) => Object.fromEntries(keys.filter((key) => key in given).map((key) => [key, given[key]]));
const bundleOf = (given) => Object.fromEntries(Object.entries(given).filter(([key]) => key.startsWith('bundle_')).map(([key, value]) => [key.slice(7), value]));

function play(device, script) {
  for (let at = 0; at < script.length;) {
    const [kind, length] = [script[at], script.readUInt16BE(at + 1)];
    const what = script.subarray(at + 3, at + 3 + length);
    if (kind === 0) device.send(what); else device.receive(what, kind === 2);
    at += 3 + length;
  }
}


function arrive(op, given) {
  const device = new Device(pick(given, DEVICE));
  if (op === 'rt.start') return device;
  if ('bundle_identity' in given) device.start(bundleOf(given), given.started);
  if ('script' in given) play(device, given.script);
  return device;
}

const CALLS = {
  'rt.start': (device, given) => (device.start(bundleOf(given), given.started), {}),
  'rt.send': (device, given) => ({ ...device.send(given.text, given.now), ...device.keysNow() }),
  'rt.receive': (device, given) => ({ text: device.receive(given.message, given.first === 1) }),
};

function recompute(op, given) {
  if (op === 'rt.sign') return { verdict: 'accept', signature: sign(given.mode, given.identity, given.text, given.sign_coins) };
  if (op === 'rt.verify') {
    const reason = judge(given.mode, given.key, given.text, given.signature);
    return { verdict: reason ? `reject ${reason}` : 'accept' };
  }
  let device;
  try {
    device = arrive(op, given);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { verdict: `reject ${error.message}, before the judged call` };
  }
  try {
    return { verdict: 'accept', ...CALLS[op](device, given) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { verdict: `reject ${error.message}` };
  }
}

const stated = (c) => (c.expect === 'accept' ? { verdict: 'accept', ...c.out, ...c.trace } : { verdict: `reject ${c.reason}` });

// ---- the self-test: known answers on which two other programs agree, the inputs byte fills

function selfTest() {
  const fill = (byte) => Buffer.alloc(32, byte);
  const payload = Buffer.concat(['a', 'b', 'c'].map((letter) => createHash('sha256').update(letter).digest()));
  const [chain, auth] = [new Chain(true, fill(1)), new Authenticator()];
  auth.update(1, fill(1));
  const { sending, receiving } = chain.epochs[0];
  const got = { root: chain.root, to_responder: sending.next, to_initiator: receiving.next, key: chain.send(0)[1] };
  chain.addEpoch({ epoch: 1, key: fill(2) });
  const [plain, mixed] = [messageKeys(4, fill(4)), messageKeys(4, fill(4), fill(5))];
  compare('self-test', {
    root: 'e8a5d1173bd2660e0d8c5dd8f6b2d22d04943960a0bf2c56a2d4d510abf58efe',
    to_responder: '70d43fa8d23315418240b8f0d72c024bc474ed35050cecfdce858bde7c9ec639',
    to_initiator: 'ce18ffda583780fc4dc8fb48ccb4284b06c44fedfdba243b0f69543debf7bdd2',
    key: '700b97354b793511493cb8acd878a928a2afa36c622ba0dfd5ad7ee979374328',
    root_1: '724f70f4520548f917490eae1a861ff2d4a7d7f335d028294ef3997f4abb8baa',
    to_responder_1: '437cc0e4ed6be8d68a73b25c4f7088e235d7b979613da3e602e1bed63df3ba42',
    to_initiator_1: '3a6579ef5ed2f6983dba0e61559e9beed0ea5c3395fe2120fcdbae36f6a5d4ba',
    auth_root: '06b206a42866647aa9b1527c0ff8c9f8fe3c6b48202267ad1c86949798405a1f',
    auth_mac: 'd960a42f12657de634cbbb2d4778ff893b0d9904fc62d5fb4cf2bb8d4a4bb278',
    header_mac: 'e5092d990a9b1f76518872c3ea0d5d18f8840eff9b7dcc266f96f845a77225e3',
    epoch_secret: '9e1d539706ab70b7a58821e4ca79d46c0f3f124b3704d8cadc96b16a7a81475a',
    cipher: 'd80931b5369a28c524e78c6a15f951b48e78b710d07e20f6aa6ac4bdb5984fc1',
    mac: '0d1322bb0af1e2bb1aef75c3f75354ab95f4b69f1a4b8645afda025345ab0359',
    iv: '88313923f2c22d3429a603ddfbfa74d5',
    mixed_cipher: '1ec764ab65b615825131bc6f6e897fb1565ca96d378434edb0b68e70adb1be4d',
    mixed_mac: '6d2564970bd0213ab189b2d121342f94022d46e1eb0dd69b20376b599d899025',
    mixed_iv: '7ca35a22a75c01af58555076b0eb3d71',
    chunk_3: 'dac9450763729e62aca78b63cbaae8dc1fa837fa018c71aceb81fc8ad828a7e0',
    chunk_7: '7532e34109e978b5f43cf5cc9e2c777226186401a32d8c2e8e281926161d25d5',
    chunk_1000: 'dd9bf6f5149dc1554a23037979f1bbabb732d41e10049f7afb38f3c1981d5a92',
  }, {
    ...got, root_1: chain.root, to_responder_1: chain.epochs[1].sending.next, to_initiator_1: chain.epochs[1].receiving.next,
    auth_root: auth.root, auth_mac: auth.mac, header_mac: auth.header(1, Buffer.alloc(64)), epoch_secret: epochSecret(1, fill(3)),
    cipher: plain.cipher, mac: plain.mac, iv: plain.iv, mixed_cipher: mixed.cipher, mixed_mac: mixed.mac, mixed_iv: mixed.iv,
    chunk_3: chunkAt(payload, 3), chunk_7: chunkAt(payload, 7), chunk_1000: chunkAt(payload, 1000),
  });
}

const WITNESS = { operations: ['rt.sign', 'rt.verify', ...Object.keys(CALLS)], inputsOf, recompute, stated };
run('node signal.mjs FILE... | --self-test', ['sha256', 'sha512', 'sha3-256', 'sha3-512', 'shake128', 'shake256', 'aes-256-cbc'], (file) =>
  file === '--self-test' ? selfTest() : compareFile(file, WITNESS));
