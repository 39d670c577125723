'use strict';
// What jose does with each token: its signature by a key of the set, and the claims that every token has. Nothing is added to the library: what a
// token says of a machine is beyond it. It leaves chains of certificates to its caller, so a token without a key set is none of its.

const { createLocalJWKSet, jwtVerify } = require('jose');
const { createHash } = require('node:crypto');
const { version } = require('jose/package.json');
const { Mistake, echo, hex, serve } = require('../node-noise/shim.js');

function optionsOf(request) {
  const { token } = JSON.parse(request.text('policy'));
  return {
    algorithms: token.algorithms,
    issuer: token.iss,
    audience: token.audience,
    clockTolerance: token.skew ?? 0,
    maxTokenAge: token.max_age,
    requiredClaims: ['exp'],
    currentDate: new Date(request.number('now') * 1000),
  };
}

async function token(request) {
  if (request.text('keys') === '') return { uns: 'at.token' };
  const text = request.text('token');
  try {
    await jwtVerify(text, createLocalJWKSet(JSON.parse(request.text('keys'))), optionsOf(request));
    return { ok: 1, identity: hex(createHash('sha384').update(text.slice(0, text.lastIndexOf('.'))).digest()) };
  } catch (error) {
    if (error instanceof Mistake) throw error;
    return { rej: 'state', released: '', detail: String(error.message) };
  }
}

function hello() {
  return { ok: 1, impl: 'jose', version, proto: 1, roles: 'lib', caps: 'at:token', ops: 'hello echo reset at.token' };
}

serve(new Map([['hello', hello], ['echo', echo], ['reset', () => ({ ok: 1 })], ['at.token', token]]));
