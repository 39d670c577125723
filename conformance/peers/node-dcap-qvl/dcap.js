'use strict';
// What Phala's JavaScript implementation of Intel quote verification does with each quote. Nothing is added to the library: a check that it
// lacks shows as a difference. It knows no policy about guests; of the policy only the accepted statuses are looked at, as every user of it has to.

const { createHash } = require('node:crypto');
const { Quote, QuoteVerifier } = require('@phala/dcap-qvl');
const { version } = require('@phala/dcap-qvl/package.json');
const { Mistake, echo, hex, serve } = require('../node-noise/shim.js');

const SGX = 0;

function collateralOf(request) {
  return {
    tcb_info: request.text('tcb_info'),
    tcb_info_signature: request.text('tcb_info_signature'),
    tcb_info_issuer_chain: request.text('tcb_info_chain'),
    qe_identity: request.text('qe_identity'),
    qe_identity_signature: request.text('qe_identity_signature'),
    qe_identity_issuer_chain: request.text('qe_identity_chain'),
    root_ca_crl: request.text('root_crl'),
    pck_crl: request.text('pck_crl'),
    pck_crl_issuer_chain: '',
  };
}

// The library judges both kinds alike; its caller has to know which one was asked for.
function verified(request) {
  const bytes = Buffer.from(request.bytes('quote'));
  const report = QuoteVerifier.newWithRootCa(Buffer.from(request.bytes('root'))).verify(bytes, collateralOf(request), request.number('now'));
  const quote = Quote.parse(bytes);
  if ((quote.header.teeType === SGX) !== (request.text('tee') === 'sgx')) throw new Error('another TEE than the one asked for');
  const statuses = JSON.parse(request.text('policy')).tcb_statuses;
  if (!statuses.includes(report.status)) throw new Error(`status ${report.status}`);
  return { report, signed: bytes.subarray(0, quote.signedLength()) };
}

function reject(error) {
  return { rej: 'state', released: '', detail: String(error.cause ? `${error.message}: ${error.cause.message}` : error.message) };
}

function quote(request) {
  try {
    const { report, signed } = verified(request);
    return {
      ok: 1,
      identity: hex(createHash('sha384').update(signed).digest()),
      status: report.status,
      advisories: report.advisory_ids.join(' '),
    };
  } catch (error) {
    if (error instanceof Mistake) throw error;
    return reject(error);
  }
}

function hello() {
  return { ok: 1, impl: 'dcap-qvl.js', version, proto: 1, roles: 'lib', caps: 'at:tdx at:sgx', ops: 'hello echo reset at.quote' };
}

serve(new Map([['hello', hello], ['echo', echo], ['reset', () => ({ ok: 1 })], ['at.quote', quote]]));
