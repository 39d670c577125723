'use strict';
// Sigstore bundles: what OpenSSL can say of them, which is time stamps, chains and signatures. Nothing that is logged is compared with anything.

const { createHash, createPublicKey } = require('node:crypto');
const { Refusal, chainHolds, ed25519Holds, keyOf, pem, signatureHolds, stampHolds, timeOf } = require('./command.js');

const bytesOf = (text) => Buffer.from(text, 'base64');
const chainOf = (authority) => authority.certChain.certificates.map(({ rawBytes }) => pem('CERTIFICATE', bytesOf(rawBytes)));

// The first way that holds, or the last refusal.
function first(ways) {
  let why = new Refusal('nothing to try');
  for (const way of ways) {
    try { return way(); } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      why = error;
    }
  }
  throw why;
}

// The algorithms of Sigstore's registry that fit a key. The command line has no Ed25519ph.
function holdsBy(what, key, message, signature) {
  const { asymmetricKeyType: kind, asymmetricKeyDetails: details } = createPublicKey(key);
  const way = (digest, pss) => () => signatureHolds(what, { key, digest, message, signature, pss });
  if (kind === 'ed25519') return ed25519Holds(what, { key, message, signature });
  if (kind === 'rsa') return first([way('sha256', false), way('sha256', true)]);
  const usual = { prime256v1: 'sha256', secp384r1: 'sha384', secp521r1: 'sha512' }[details.namedCurve];
  return first([way(usual, false), way('sha256', false)]);
}

function encodingOf({ payload, payloadType }) {
  const body = bytesOf(payload);
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${body.length} `), body]);
}

// The time of a stamp that holds under some authority.
function stampTime(stamp, signature, root) {
  const now = timeOf(stamp);
  first((root.timestampAuthorities ?? []).map((authority) => () => {
    const chain = chainOf(authority);
    stampHolds('time stamp', { stamp, message: signature, roots: chain.slice(-1), others: chain.slice(0, -1), now });
  }));
  return now;
}

const logKey = (log) => pem('PUBLIC KEY', bytesOf(log.publicKey.rawBytes));

// The promise is over the members in the order of their names, without spaces (RFC 8785).
function promiseHolds(entry, log) {
  const text = JSON.stringify({
    body: entry.canonicalizedBody,
    integratedTime: Number(entry.integratedTime),
    logID: bytesOf(entry.logId.keyId).toString('hex'),
    logIndex: Number(entry.logIndex),
  });
  holdsBy('promise', logKey(log), text, bytesOf(entry.inclusionPromise.signedEntryTimestamp));
}

// A line whose name is the log's, over the text before the empty line.
function checkpointHolds(entry, log) {
  const [text, lines] = entry.inclusionProof.checkpoint.envelope.split(/\n\n/);
  const host = log.baseUrl.replace(/^[a-z]+:\/\//, '');
  const ours = lines.split('\n').map((line) => line.split(' ')).filter(([, name]) => name === host);
  if (!ours.length) throw new Refusal('checkpoint: no line of the log');
  for (const [, , line] of ours) holdsBy('checkpoint', logKey(log), `${text}\n`, bytesOf(line).subarray(4));
}

function entryTime(entry, root) {
  const log = (root.tlogs ?? []).find(({ logId }) => logId.keyId === entry.logId.keyId);
  if (!log) throw new Refusal('an entry of another log');
  if (entry.inclusionProof) checkpointHolds(entry, log);
  if (!entry.inclusionPromise) return [];
  promiseHolds(entry, log);
  return [Number(entry.integratedTime)];
}

function leafHolds(leaf, root, now) {
  first((root.certificateAuthorities ?? []).map((authority) => () => {
    const chain = chainOf(authority);
    chainHolds('chain', { leaf, others: chain.slice(0, -1), roots: chain.slice(-1), now });
  }));
}

const leafOf = (material) => material.certificate ?? material.x509CertificateChain?.certificates[0];

function bundle(request) {
  const root = JSON.parse(request.text('trusted_root'));
  const { verificationMaterial: material, messageSignature: message, dsseEnvelope: envelope } = JSON.parse(request.text('bundle'));
  const signature = bytesOf(envelope ? envelope.signatures[0].sig : message.signature);
  const stamps = (material.timestampVerificationData?.rfc3161Timestamps ?? []).map(({ signedTimestamp }) => bytesOf(signedTimestamp));
  const times = [...stamps.map((stamp) => stampTime(stamp, signature, root)), ...material.tlogEntries.flatMap((entry) => entryTime(entry, root))];
  const leaf = leafOf(material) && pem('CERTIFICATE', bytesOf(leafOf(material).rawBytes));
  if (leaf && !times.length) throw new Refusal('a certificate without a time');
  if (leaf) times.forEach((now) => leafHolds(leaf, root, now));
  if (!leaf && !request.has('key')) throw new Refusal('signed by a key that nobody names');
  const key = leaf ? keyOf(leaf) : pem('PUBLIC KEY', request.bytes('key'));
  holdsBy('signature', key, envelope ? encodingOf(envelope) : request.text('artifact'), signature);
  return times[0] ?? 0;
}

module.exports = { bundle };
