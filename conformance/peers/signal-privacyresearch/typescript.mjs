// What the TypeScript implementation does with the operations rt.*, version 3 only. Nothing is added to it and none of its refusals is mended here.
// It draws all its secrets itself, so a request may not give any. Without a one-time prekey it writes pre_key_id 0, which names a key: hence the
// capability rt:starts-with-one-time.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Mistake, echo, hex, serve } from '../signal-libsignal/door.mjs';

const require = createRequire(join(process.env.PARLEY_MODULES, 'x.js'));
const name = '@privacyresearch/libsignal-protocol-typescript';
const { KeyHelper, SessionBuilder, SessionCipher, SignalProtocolAddress } = require(name);
const { version } = require(`${name}/package.json`);

const IDS = { registration_id: 4711, signed_prekey_id: 22, one_time_id: 11 };
const THEIR = new SignalProtocolAddress('their', 1);

const buffer = (bytes) => Uint8Array.from(bytes).buffer;
const text = (array) => hex(new Uint8Array(array));

class Store {
  constructor() { this.sessions = new Map(); this.prekeys = new Map(); this.signed = new Map(); this.known = new Map(); }
  async getIdentityKeyPair() { return this.identity; }
  async getLocalRegistrationId() { return IDS.registration_id; }
  async isTrustedIdentity(who, key) { return !this.known.has(who) || this.known.get(who) === text(key); }
  async saveIdentity(address, key) {
    const who = SignalProtocolAddress.fromString(address).name;
    const changed = this.known.has(who) && this.known.get(who) !== text(key);
    this.known.set(who, text(key));
    return changed;
  }
  async loadPreKey(id) { return this.prekeys.get(Number(id)); }
  async storePreKey(id, pair) { this.prekeys.set(Number(id), pair); }
  async removePreKey(id) { this.prekeys.delete(Number(id)); }
  async loadSignedPreKey(id) { return this.signed.get(Number(id)); }
  async storeSignedPreKey(id, pair) { this.signed.set(Number(id), pair); }
  async removeSignedPreKey(id) { this.signed.delete(Number(id)); }
  async loadSession(address) { return this.sessions.get(address); }
  async storeSession(address, record) { this.sessions.set(address, record); }

  async publish() {
    this.identity = await KeyHelper.generateIdentityKeyPair();
    const signed = await KeyHelper.generateSignedPreKey(this.identity, IDS.signed_prekey_id);
    const oneTime = await KeyHelper.generatePreKey(IDS.one_time_id);
    await this.storeSignedPreKey(IDS.signed_prekey_id, signed.keyPair);
    await this.storePreKey(IDS.one_time_id, oneTime.keyPair);
    return {
      ...IDS,
      identity: text(this.identity.pubKey),
      signed_prekey: text(signed.keyPair.pubKey),
      signature: text(signed.signature),
      one_time: text(oneTime.keyPair.pubKey),
    };
  }
}

function reject(error) {
  const said = `${error.name}: ${error.message}`;
  const reason = /counter|repeat/i.test(said) ? 'replay' : /identity/i.test(said) ? 'untrusted' : /no (session|record)/i.test(said) ? 'state' : 'auth';
  return { rej: reason, released: '', detail: said.replace(/[^ -~]/g, '?').slice(0, 200) };
}

async function tried(action) {
  try {
    return await action();
  } catch (error) {
    if (error instanceof Mistake) throw error;
    return reject(error);
  }
}

const devices = new Map();
let lastHandle = 0;

function device(request) {
  const found = devices.get(request.number('h'));
  if (!found) throw new Mistake('h is not a handle');
  return found;
}

async function makeDevice(request) {
  if (request.text('pq') !== 'none') return { uns: 'rt.device' };
  for (const key of ['identity', 'signed_prekey', 'one_time', 'coins', 'address']) if (request.has(key)) return { uns: 'rt.device' };
  const made = new Store();
  devices.set(++lastHandle, made);
  return { ok: 1, h: lastHandle, ...await made.publish() };
}

async function start(request) {
  const store = device(request);
  if (request.has('kem')) return { uns: 'rt.start' };
  return tried(async () => {
    const bundle = {
      identityKey: buffer(request.bytes('identity')),
      registrationId: request.number('registration_id'),
      signedPreKey: {
        keyId: request.number('signed_prekey_id'),
        publicKey: buffer(request.bytes('signed_prekey')),
        signature: buffer(request.bytes('signature')),
      },
    };
    if (request.has('one_time')) bundle.preKey = { keyId: request.number('one_time_id'), publicKey: buffer(request.bytes('one_time')) };
    await new SessionBuilder(store, THEIR).processPreKey(bundle);
    return { ok: 1 };
  });
}

async function send(request) {
  const store = device(request);
  const plain = buffer(request.bytes('text'));
  return tried(async () => {
    const { type, body } = await new SessionCipher(store, THEIR).encrypt(plain);
    return { ok: 1, first: type === 3 ? 1 : 0, message: Buffer.from(body, 'binary').toString('hex') };
  });
}

async function receive(request) {
  const store = device(request);
  const message = buffer(request.bytes('message'));
  const first = request.number('first');
  return tried(async () => {
    const cipher = new SessionCipher(store, THEIR);
    const plain = first ? await cipher.decryptPreKeyWhisperMessage(message) : await cipher.decryptWhisperMessage(message);
    return { ok: 1, text: text(plain) };
  });
}

// The library tells what it does on the console; the door's lines must stay alone.
console.log = console.info = console.debug = console.warn = (...words) => console.error(...words);

await serve(new Map([
  ['hello', () => ({
    ok: 1, impl: 'libsignal-protocol-typescript', version, caps: 'rt:v3 rt:compat rt:starts-with-one-time',
    ops: 'echo reset free rt.device rt.start rt.send rt.receive',
  })],
  ['echo', echo],
  ['reset', () => { devices.clear(); return { ok: 1 }; }],
  ['free', (request) => { device(request); devices.delete(request.number('h')); return { ok: 1 }; }],
  ['rt.device', makeDevice],
  ['rt.start', start],
  ['rt.send', send],
  ['rt.receive', receive],
]));
