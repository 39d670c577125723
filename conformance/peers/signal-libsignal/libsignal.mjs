// What libsignal does with the operations rt.*. Nothing is added to the library and none of its refusals is mended here.
// The library draws all its secrets itself, so a request may not give any.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readFileSync } from 'node:fs';
import { Mistake, echo, hex, serve } from './door.mjs';

const folder = join(process.env.PARLEY_MODULES, '@signalapp', 'libsignal-client');
const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const main = createRequire(join(folder, 'x.js')).resolve('@signalapp/libsignal-client');
const signal = await import(pathToFileURL(main));

const minor = Number(version.split('.')[1]);
const TWO_ADDRESSES = minor >= 92;
const HAS_V3 = minor <= 72;
const HAS_SPQR = minor >= 83;
const NEEDS_SPQR = minor >= 92;

class Sessions extends signal.SessionStore {
  constructor() { super(); this.records = new Map(); }
  key(name) { return `${name.name()}.${name.deviceId()}`; }
  async saveSession(name, record) { this.records.set(this.key(name), record.serialize()); }
  async getSession(name) {
    const bytes = this.records.get(this.key(name));
    return bytes ? signal.SessionRecord.deserialize(bytes) : null;
  }
  async getExistingSessions(names) { return Promise.all(names.map((name) => this.getSession(name))); }
}

class Identities extends signal.IdentityKeyStore {
  constructor(key, registrationId) { super(); this.key = key; this.registrationId = registrationId; this.known = new Map(); }
  async getIdentityKey() { return this.key; }
  async getLocalRegistrationId() { return this.registrationId; }
  async saveIdentity(name, key) {
    const before = this.known.get(name.name());
    this.known.set(name.name(), hex(key.serialize()));
    const change = signal.IdentityChange;
    return change ? (before && before !== hex(key.serialize()) ? change.ReplacedExisting : change.NewOrUnchanged) : Boolean(before);
  }
  async isTrustedIdentity(name, key) {
    const before = this.known.get(name.name());
    return !before || before === hex(key.serialize());
  }
  async getIdentity() { return null; }
}

class Prekeys extends signal.PreKeyStore {
  constructor() { super(); this.records = new Map(); }
  async savePreKey(id, record) { this.records.set(id, record.serialize()); }
  async getPreKey(id) {
    if (!this.records.has(id)) throw new Error(`no such one-time prekey ${id}`);
    return signal.PreKeyRecord.deserialize(this.records.get(id));
  }
  async removePreKey(id) { this.records.delete(id); }
}

class SignedPrekeys extends signal.SignedPreKeyStore {
  constructor() { super(); this.records = new Map(); }
  async saveSignedPreKey(id, record) { this.records.set(id, record.serialize()); }
  async getSignedPreKey(id) {
    if (!this.records.has(id)) throw new Error(`no such signed prekey ${id}`);
    return signal.SignedPreKeyRecord.deserialize(this.records.get(id));
  }
}

class KemPrekeys extends signal.KyberPreKeyStore {
  constructor() { super(); this.records = new Map(); }
  async saveKyberPreKey(id, record) { this.records.set(id, record.serialize()); }
  async getKyberPreKey(id) {
    if (!this.records.has(id)) throw new Error(`no such KEM prekey ${id}`);
    return signal.KyberPreKeyRecord.deserialize(this.records.get(id));
  }
  async markKyberPreKeyUsed() {}
}

const IDS = { registration_id: 4711, signed_prekey_id: 22, one_time_id: 11, kem_id: 33 };

// Addresses as `kind || UUID || device` name a service id; without them the names are plain and nothing is bound.
function addressOf(bytes, otherwise) {
  if (!bytes) return signal.ProtocolAddress.new(otherwise, 1);
  const uuid = hex(bytes.subarray(1, 17)).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return signal.ProtocolAddress.new(uuid, bytes[17]);
}

class Device {
  constructor(own, their) {
    this.own = own;
    this.their = their;
    this.identity = signal.PrivateKey.generate();
    this.sessions = new Sessions();
    this.identities = new Identities(this.identity, IDS.registration_id);
    this.prekeys = new Prekeys();
    this.signed = new SignedPrekeys();
    this.kems = new KemPrekeys();
  }

  async publish() {
    const signed = signal.PrivateKey.generate();
    const oneTime = signal.PrivateKey.generate();
    const kem = signal.KEMKeyPair.generate();
    const signedPublic = signed.getPublicKey().serialize();
    const kemPublic = kem.getPublicKey().serialize();
    const signature = this.identity.sign(signedPublic);
    const kemSignature = this.identity.sign(kemPublic);
    await this.prekeys.savePreKey(IDS.one_time_id, signal.PreKeyRecord.new(IDS.one_time_id, oneTime.getPublicKey(), oneTime));
    await this.signed.saveSignedPreKey(IDS.signed_prekey_id,
      signal.SignedPreKeyRecord.new(IDS.signed_prekey_id, 0, signed.getPublicKey(), signed, signature));
    await this.kems.saveKyberPreKey(IDS.kem_id, signal.KyberPreKeyRecord.new(IDS.kem_id, 0, kem, kemSignature));
    return {
      ...IDS,
      identity: hex(this.identity.getPublicKey().serialize()),
      signed_prekey: hex(signedPublic),
      signature: hex(signature),
      one_time: hex(oneTime.getPublicKey().serialize()),
      kem: hex(kemPublic),
      kem_signature: hex(kemSignature),
    };
  }

  addresses() { return TWO_ADDRESSES ? [this.their, this.own] : [this.their]; }
}

// The library says little about why it refuses; what it says goes into `detail`.
const REASONS = { DuplicatedMessage: 'replay', UntrustedIdentity: 'untrusted', SessionNotFound: 'state' };

function reject(error) {
  return { rej: REASONS[error.name] || 'auth', released: '', detail: `${error.name}: ${error.message}`.replace(/[^ -~]/g, '?').slice(0, 200) };
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

const optional = (request, name) => (request.has(name) ? request.bytes(name) : null);
const now = (request) => new Date(request.has('now') ? request.number('now') * 1000 : Date.now());

async function makeDevice(request) {
  const level = request.text('pq');
  if ((level === 'required' && !HAS_SPQR) || (level === 'none' && NEEDS_SPQR)) return { uns: 'rt.device' };
  for (const name of ['identity', 'signed_prekey', 'one_time', 'kem']) if (request.has(name)) return { uns: 'rt.device' };
  const made = new Device(addressOf(optional(request, 'address'), 'own'), addressOf(optional(request, 'their_address'), 'their'));
  devices.set(++lastHandle, made);
  return { ok: 1, h: lastHandle, ...await made.publish() };
}

const point = (bytes) => signal.PublicKey.deserialize(bytes);

async function start(request) {
  const d = device(request);
  const kem = optional(request, 'kem');
  if (!kem && !HAS_V3) return { uns: 'rt.start' };
  return tried(async () => {
    const oneTime = optional(request, 'one_time');
    const bundle = signal.PreKeyBundle.new(request.number('registration_id'), 1, oneTime ? request.number('one_time_id') : null,
      oneTime ? point(oneTime) : null, request.number('signed_prekey_id'), point(request.bytes('signed_prekey')),
      request.bytes('signature'), point(request.bytes('identity')), kem ? request.number('kem_id') : null,
      kem ? signal.KEMPublicKey.deserialize(kem) : null, kem ? request.bytes('kem_signature') : null);
    await signal.processPreKeyBundle(bundle, ...d.addresses(), d.sessions, d.identities, now(request));
    return { ok: 1 };
  });
}

async function send(request) {
  const d = device(request);
  const text = request.bytes('text');
  return tried(async () => {
    const message = await signal.signalEncrypt(text, ...d.addresses(), d.sessions, d.identities, now(request));
    return { ok: 1, first: message.type() === 3 ? 1 : 0, message: hex(message.serialize()) };
  });
}

async function receive(request) {
  const d = device(request);
  const bytes = request.bytes('message');
  const first = request.number('first');
  return tried(async () => {
    const text = first
      ? await signal.signalDecryptPreKey(signal.PreKeySignalMessage.deserialize(bytes), ...d.addresses(), d.sessions, d.identities,
        d.prekeys, d.signed, d.kems)
      : await signal.signalDecrypt(signal.SignalMessage.deserialize(bytes), ...d.addresses(), d.sessions, d.identities);
    return { ok: 1, text: hex(text) };
  });
}

// How long messages between two devices of this process take, sent and received, in microseconds of its processor time. The door has no part in it.
async function speed(request) {
  const [messages, replies] = [request.number('messages'), request.number('replies')];
  const [a, b] = [new Device(addressOf(null, 'a'), addressOf(null, 'b')), new Device(addressOf(null, 'b'), addressOf(null, 'a'))];
  const published = await b.publish();
  const [bytes, ids] = [(name) => Buffer.from(published[name], 'hex'), published];
  const bundle = signal.PreKeyBundle.new(ids.registration_id, 1, ids.one_time_id, point(bytes('one_time')), ids.signed_prekey_id,
    point(bytes('signed_prekey')), bytes('signature'), point(bytes('identity')), ids.kem_id, signal.KEMPublicKey.deserialize(bytes('kem')),
    bytes('kem_signature'));
  await signal.processPreKeyBundle(bundle, ...a.addresses(), a.sessions, a.identities);
  const text = Buffer.alloc(100);
  const pass = async (from, to) => {
    const message = await signal.signalEncrypt(text, ...from.addresses(), from.sessions, from.identities);
    const sent = message.serialize();
    if (message.type() === 3) {
      await signal.signalDecryptPreKey(signal.PreKeySignalMessage.deserialize(sent), ...to.addresses(), to.sessions, to.identities, to.prekeys,
        to.signed, to.kems);
    } else await signal.signalDecrypt(signal.SignalMessage.deserialize(sent), ...to.addresses(), to.sessions, to.identities);
  };
  for (let i = 0; i < 100; i++) await pass(...(i % 2 ? [b, a] : [a, b])); // warm, and answered
  const before = process.cpuUsage();
  for (let i = 0; i < messages; i++) await pass(...(replies && i % 2 ? [b, a] : [a, b]));
  const used = process.cpuUsage(before);
  return { ok: 1, microseconds: used.user + used.system };
}

// The text's key is the bare u; the library wants its type in front.
function verify(request) {
  if (request.text('mode') !== 'compat') return { uns: 'rt.verify' };
  const [key, text, signature] = ['key', 'text', 'signature'].map((name) => request.bytes(name));
  return tried(async () => (point(Buffer.concat([Buffer.from([5]), key])).verify(text, signature) ? { ok: 1 } : { rej: 'auth' }));
}

const caps = ['rt:v4', ...(HAS_V3 ? ['rt:v3'] : []), ...(HAS_SPQR ? ['rt:spqr'] : []), NEEDS_SPQR ? 'rt:spqr-required' : 'rt:no-spqr', 'rt:compat'];

const operations = new Map([
  ['hello', () => ({ ok: 1, impl: 'libsignal-client', version, caps: caps.join(' '), ops: [...operations.keys()].filter((op) => op !== 'hello').join(' ') })],
  ['echo', echo],
  ['reset', () => { devices.clear(); return { ok: 1 }; }],
  ['free', (request) => { device(request); devices.delete(request.number('h')); return { ok: 1 }; }],
  ['rt.device', makeDevice],
  ['rt.start', start],
  ['rt.send', send],
  ['rt.receive', receive],
  ['rt.verify', verify],
  ['rt.speed', speed],
]);
await serve(operations);
