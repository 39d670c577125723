'use strict';
// What noise-c, compiled to WebAssembly, does with each request. Nothing is added to the library: its refusals are
// passed on as it makes them, so a check that it lacks shows as a difference and is not mended here.

const { randomBytes } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const createNoise = require('noise-c.wasm');
const { version } = require('noise-c.wasm/package.json');
const { Mistake, echo, hex, serve } = require('./shim.js');

const PATTERNS = ['nn', 'nk', 'nx', 'kn', 'kk', 'kx', 'xn', 'xk', 'xx', 'in', 'ik', 'ix', 'n', 'k', 'x'];
const SUITES = { AESGCM: 'suite:aesgcm', ChaChaPoly: 'suite:chachapoly' };
const HASHES = ['SHA256', 'SHA512', 'BLAKE2s', 'BLAKE2b'];

// The library's error names in the suite's words.
const REASONS = {
  NOISE_ERROR_MAC_FAILURE: 'auth',
  NOISE_ERROR_INVALID_PUBLIC_KEY: 'dh',
  NOISE_ERROR_INVALID_PRIVATE_KEY: 'dh',
  NOISE_ERROR_INVALID_LENGTH: 'length',
  NOISE_ERROR_INVALID_NONCE: 'limit',
};

function reject(error) {
  return { rej: REASONS[error.message] || 'state', released: '', detail: String(error.message) };
}

// Runs what the library may refuse; only its own errors become refusals.
function tried(action) {
  try {
    return action();
  } catch (error) {
    if (error instanceof Mistake) throw error;
    if (/^NOISE_ERROR_|required, but not provided$/.test(error.message)) return reject(error);
    throw error;
  }
}

// True if the library has the protocol; it knows more than is listed here (448, psk), which the door has no fields for.
function known(name) {
  const part = name.split('_');
  return part.length === 5 && part[0] === 'Noise' && part[2] === '25519' &&
    part[1] === part[1].toUpperCase() && PATTERNS.includes(part[1].toLowerCase()) &&
    Object.hasOwn(SUITES, part[3]) && HASHES.includes(part[4]);
}

class Peer {
  constructor(noise) {
    this.noise = noise;
    this.sessions = new Map();
    this.lastHandle = 0;
    this.coins = null;
    // The library draws an ephemeral secret through this function of its module: here the runner's secret goes in.
    noise._lib_internal._random_bytes = (size) => {
      const coins = this.coins;
      this.coins = null;
      return coins !== null && coins.length === size ? coins : randomBytes(size);
    };
  }

  operations() {
    const served = new Map([['echo', echo]]);
    for (const op of ['hello', 'reset', 'free']) served.set(op, (request) => this[op](request));
    for (const op of ['init', 'write', 'read', 'split', 'seal', 'open']) served.set(`nz.${op}`, (request) => this[op](request));
    this.names = [...served.keys()];
    return served;
  }

  hello() {
    const caps = ['rng', ...Object.values(SUITES), ...HASHES.map((name) => `hash:${name.toLowerCase()}`), ...PATTERNS.map((name) => `nz:${name}`)];
    return { ok: 1, impl: 'noise-c.wasm', version, proto: 1, roles: 'lib', caps: caps.join(' '), ops: this.names.join(' ') };
  }

  reset() {
    for (const handle of [...this.sessions.keys()]) this.drop(handle);
    return { ok: 1 };
  }

  free(request) {
    this.held(request);
    this.drop(request.number('h'));
    return { ok: 1 };
  }

  drop(handle) {
    const session = this.sessions.get(handle);
    this.sessions.delete(handle);
    for (const part of [session.handshake, session.send, session.receive]) if (part) part.free();
  }

  held(request) {
    const session = this.sessions.get(request.number('h'));
    if (session === undefined) throw new Mistake('no such handle');
    return session;
  }

  init(request) {
    const name = request.text('name');
    const role = request.text('role');
    if (role !== 'i' && role !== 'r') throw new Mistake('role is i or r');
    const [prologue, s, e, rs] = ['prologue', 's', 'e', 'rs'].map((field) => request.optional(field));
    if (!known(name) || request.has('psk')) return { uns: 'nz.init', detail: name };
    for (const secret of [s, e]) if (secret !== null && secret.length !== 32) throw new Mistake('a secret is 32 bytes');
    return tried(() => this.start(name, role, { prologue, s, e, rs }));
  }

  start(name, role, { prologue, s, e, rs }) {
    const { constants } = this.noise;
    const handshake = this.noise.HandshakeState(name, role === 'i' ? constants.NOISE_ROLE_INITIATOR : constants.NOISE_ROLE_RESPONDER);
    try {
      handshake.Initialize(prologue && prologue.length > 0 ? prologue : null, s, rs);
    } catch (error) {
      // The wrapper frees the state when the library refuses a value, but not when a key is absent.
      if (!error.message.startsWith('NOISE_ERROR_')) handshake.free();
      throw error;
    }
    this.lastHandle += 1;
    this.sessions.set(this.lastHandle, { handshake, e, knowsPeer: rs !== null });
    return { ok: 1, h: this.lastHandle };
  }

  // Splits as soon as the library says so: it lets go of the handshake then, so the hash is kept first.
  advance(session, answer) {
    if (session.handshake.GetAction() !== this.noise.constants.NOISE_ACTION_SPLIT) return answer;
    session.hash = session.handshake.GetHandshakeHash();
    [session.send, session.receive] = session.handshake.Split();
    session.handshake = null;
    return { ...answer, done: 1 };
  }

  write(request) {
    const session = this.held(request);
    const payload = request.bytes('payload');
    // The wrapper frees the state when a write is refused, so the library is asked first whether it is our turn.
    if (!session.handshake || session.handshake.GetAction() !== this.noise.constants.NOISE_ACTION_WRITE_MESSAGE) {
      return reject(new Error('not our turn to write'));
    }
    return tried(() => {
      this.coins = session.e;
      try {
        return this.advance(session, { ok: 1, msg: hex(session.handshake.WriteMessage(payload.length > 0 ? payload : null)) });
      } catch (error) {
        session.handshake = null; // freed by the wrapper
        throw error;
      } finally {
        this.coins = null;
      }
    });
  }

  read(request) {
    const session = this.held(request);
    const message = request.bytes('msg');
    if (!session.handshake) return reject(new Error('the handshake is over'));
    return tried(() => {
      // "Fallback supported" makes the wrapper keep the state after a refusal: what it then allows is the library's own choice.
      const answer = { ok: 1, payload: hex(session.handshake.ReadMessage(message, true, true)) };
      const peer = session.knowsPeer ? null : session.handshake.GetRemotePublicKey();
      if (peer) session.knowsPeer = true;
      const reply = this.advance(session, answer);
      return peer ? { ...reply, rs: hex(peer) } : reply;
    });
  }

  split(request) {
    const session = this.held(request);
    return session.hash ? { ok: 1, hash: hex(session.hash) } : reject(new Error('the handshake is not over'));
  }

  seal(request) {
    const session = this.held(request);
    const [ad, plaintext] = [request.optional('ad') || new Uint8Array(0), request.bytes('pt')];
    if (!session.send) return reject(new Error('the handshake is not over'));
    return tried(() => ({ ok: 1, ct: hex(session.send.EncryptWithAd(ad, plaintext)) }));
  }

  open(request) {
    const session = this.held(request);
    const [ad, sealed] = [request.optional('ad') || new Uint8Array(0), request.bytes('ct')];
    if (!session.receive) return reject(new Error('the handshake is not over'));
    return tried(() => ({ ok: 1, pt: hex(session.receive.DecryptWithAd(ad, sealed)) }));
  }
}

// The module's own loader tries the network's fetch first; its bytes are handed to it instead.
const wasmBinary = readFileSync(join(dirname(require.resolve('noise-c.wasm')), 'noise-c.wasm'));
createNoise({ wasmBinary }, (noise) => serve(new Peer(noise).operations()));
