'use strict';
// Reports and quotes: what OpenSSL can say of them, which is chains, lists and signatures. Fields are cut out here, nothing else is compared.

const { createHash } = require('node:crypto');
const { Refusal, certificatesOf, chainHolds, keyOf, pairOf, pem, signatureHolds } = require('./command.js');

const reversed = (bytes) => Buffer.from(bytes).reverse();
const certificate = (der) => pem('CERTIFICATE', der);
const listed = (der) => (der.length ? [pem('X509 CRL', der)] : []);

// The signed bytes of an SEV-SNP report: its first 672, r and s little-endian behind.
function report(request) {
  const text = request.has('wrapper') ? request.bytes('wrapper').subarray(32, 32 + 1184) : request.bytes('report');
  const [vek, ask, ark] = ['vek', 'intermediate', 'ark'].map((name) => certificate(request.bytes(name)));
  const now = request.number('now');
  const lists = request.has('crl') ? listed(request.bytes('crl')) : [];
  chainHolds('chain', { leaf: vek, others: [ask], roots: [ark], now });
  if (lists.length) chainHolds('list', { leaf: ask, roots: [ark], lists, now });
  signatureHolds('report', {
    key: keyOf(vek),
    digest: 'sha384',
    message: text.subarray(0, 672),
    signature: pairOf(reversed(text.subarray(672, 672 + 48)), reversed(text.subarray(744, 744 + 48))),
  });
  return createHash('sha384').update(text.subarray(0, 672)).digest('hex');
}

// Header and body, and what is behind their length (four bytes).
function partsOf(quote) {
  const version = quote.readUInt16LE(0);
  const isEnclave = quote.readUInt32LE(4) === 0;
  const end = version === 5 ? 54 + quote.readUInt32LE(50) : 48 + (isEnclave ? 384 : 584);
  return { version, signed: quote.subarray(0, end), data: quote.subarray(end + 4) };
}

function signerOf({ version, data }) {
  const enclave = version === 3 ? data.subarray(128) : data.subarray(128 + 6);
  const length = enclave.readUInt16LE(448);
  const behind = enclave.subarray(450 + length);
  return {
    signature: data.subarray(0, 64),
    key: data.subarray(64, 128),
    report: enclave.subarray(0, 384),
    reportSignature: enclave.subarray(384, 448),
    extra: enclave.subarray(450, 450 + length),
    chain: certificatesOf(behind.subarray(6, 6 + behind.readUInt32LE(2))),
  };
}

const head = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex');
const keyText = (point) => pem('PUBLIC KEY', Buffer.concat([head, point]));
const halves = (signature) => pairOf(signature.subarray(0, 32), signature.subarray(32, 64));

function collateralHolds(request, name, roots, lists, now) {
  const [leaf, ...others] = certificatesOf(request.text(`${name}_chain`));
  if (!leaf) throw new Refusal(`${name}: no certificates`);
  chainHolds(`${name} chain`, { leaf, others, roots, lists, now });
  signatureHolds(name, {
    key: keyOf(leaf),
    digest: 'sha256',
    message: request.text(name),
    signature: halves(Buffer.from(request.text(`${name}_signature`), 'hex')),
  });
}

function enclaveHolds(signer) {
  signatureHolds('report of the enclave', {
    key: keyOf(signer.chain[0]), digest: 'sha256', message: signer.report, signature: halves(signer.reportSignature),
  });
  const bound = createHash('sha256').update(signer.key).update(signer.extra).digest();
  if (!bound.equals(signer.report.subarray(320, 352))) throw new Refusal('the enclave did not report this key');
}

function quote(request) {
  const parts = partsOf(Buffer.from(request.bytes('quote')));
  const signer = signerOf(parts);
  const roots = [certificate(request.bytes('root'))];
  const now = request.number('now');
  const rootList = listed(request.bytes('root_crl'));
  const lists = [...rootList, ...listed(request.bytes('pck_crl'))];
  const [leaf, ...others] = signer.chain;
  if (!leaf) throw new Refusal('the quote has no certificates');
  chainHolds('chain', { leaf, others, roots, lists, now, all: true });
  collateralHolds(request, 'tcb_info', roots, rootList, now);
  collateralHolds(request, 'qe_identity', roots, rootList, now);
  enclaveHolds(signer);
  signatureHolds('quote', { key: keyText(signer.key), digest: 'sha256', message: parts.signed, signature: halves(signer.signature) });
  return createHash('sha384').update(parts.signed).digest('hex');
}

module.exports = { quote, report };
