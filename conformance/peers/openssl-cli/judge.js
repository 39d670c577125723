'use strict';
// The OpenSSL command line as a judge of chains, revocation lists, signatures and time stamps, whatever the evidence. It has no policy, and compares
// nothing that is said with anything else: that shows as differences.

const { execFileSync } = require('node:child_process');
const { Mistake, echo, serve } = require('../node-noise/shim.js');
const { Refusal } = require('./command.js');
const { quote, report } = require('./evidence.js');
const { bundle } = require('./sigstore.js');

const version = String(execFileSync('openssl', ['version'])).split(' ')[1];

// Malformed evidence is refused wherever cutting it up fails.
function judge(name, what) {
  return (request) => {
    try {
      return { ok: 1, [name]: what(request) };
    } catch (error) {
      if (error instanceof Mistake) throw error;
      return { rej: 'state', released: '', detail: String(error.message).slice(0, 200), kind: error instanceof Refusal ? 'refused' : 'malformed' };
    }
  };
}

function hello() {
  return { ok: 1, impl: 'openssl', version, proto: 1, roles: 'lib', caps: 'at:snp at:tdx at:sgx tl:sigstore',
    ops: 'hello echo reset at.verify at.quote tl.sigstore' };
}

serve(new Map([['hello', hello], ['echo', echo], ['reset', () => ({ ok: 1 })], ['at.verify', judge('identity', report)],
  ['at.quote', judge('identity', quote)], ['tl.sigstore', judge('time', bundle)]]));
