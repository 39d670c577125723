'use strict';
// What @sigstore/verify does with each bundle. Nothing is added to the library: a check that it lacks shows as a difference. Its caller has to say what
// was wanted: identity and issuer, or a key. Names go in as patterns that match nothing else.

const { createPublicKey } = require('node:crypto');
const { bundleFromJSON } = require('@sigstore/bundle');
const { TrustedRoot } = require('@sigstore/protobuf-specs');
const { Verifier, toSignedEntity, toTrustMaterial } = require('@sigstore/verify');
const { version } = require('@sigstore/verify/package.json');
const { Mistake, echo, serve } = require('../node-noise/shim.js');

const exactly = (text) => `^${text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')}$`;

// A key that the caller pins is good at all times.
function materialOf(request) {
  const root = TrustedRoot.fromJSON(JSON.parse(request.text('trusted_root')));
  if (!request.has('key')) return toTrustMaterial(root);
  const publicKey = createPublicKey({ key: Buffer.from(request.bytes('key')), format: 'der', type: 'spki' });
  return toTrustMaterial(root, () => ({ publicKey, validFor: () => true }));
}

function policyOf(request) {
  const policy = {};
  if (request.has('identity')) policy.subjectAlternativeName = exactly(request.text('identity'));
  if (request.has('issuer')) policy.extensions = { issuer: request.text('issuer') };
  return policy;
}

function verified(request) {
  const bundle = bundleFromJSON(JSON.parse(request.text('bundle')));
  const entity = toSignedEntity(bundle, Buffer.from(request.text('artifact')));
  new Verifier(materialOf(request)).verify(entity, policyOf(request));
}

function bundle(request) {
  try {
    verified(request);
    return { ok: 1 };
  } catch (error) {
    if (error instanceof Mistake) throw error;
    return { rej: 'state', released: '', detail: String(error.message) };
  }
}

function hello() {
  return { ok: 1, impl: 'sigstore-verify.js', version, proto: 1, roles: 'lib', caps: 'tl:sigstore', ops: 'hello echo reset tl.sigstore' };
}

serve(new Map([['hello', hello], ['echo', echo], ['reset', () => ({ ok: 1 })], ['tl.sigstore', bundle]]));
