'use strict';
// The OpenSSL command line: files in a folder of its own, one command a judgement, and its exit status. Whatever is refused is an Error with what
// the command said.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

class Refusal extends Error {}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'openssl-cli-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));

function file(name, bytes) {
  const where = path.join(folder, name);
  fs.writeFileSync(where, bytes);
  return where;
}

function openssl(what, args) {
  const { status, stdout, stderr } = spawnSync('openssl', args, { timeout: 20000 });
  if (status !== 0) throw new Refusal(`${what}: ${String(stderr).trim().split('\n').pop()}`);
  return stdout;
}

function pem(label, der) {
  const lines = Buffer.from(der).toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

// The certificates of a text, as they stand in it.
function certificatesOf(text) {
  return String(text).match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
}

function keyOf(certificate) {
  return openssl('key', ['x509', '-in', file('certificate.pem', certificate), '-pubkey', '-noout']);
}

// `leaf`, `others` and `roots` are texts; `lists` may be empty: then nothing is looked up.
function chainHolds(what, { leaf, others = [], roots, lists = [], now, all = false }) {
  const args = ['verify', '-attime', String(now), '-no-CApath', '-no-CAstore', '-CAfile', file('roots.pem', roots.join('\n'))];
  if (others.length) args.push('-untrusted', file('others.pem', others.join('\n')));
  if (lists.length) args.push('-CRLfile', file('lists.pem', lists.join('\n')), all ? '-crl_check_all' : '-crl_check');
  openssl(what, [...args, file('leaf.pem', leaf)]);
}

// By a digest's name; PSS with a salt as long as the digest.
function signatureHolds(what, { key, digest, message, signature, pss = false }) {
  const args = ['dgst', `-${digest}`, '-verify', file('key.pem', key), '-signature', file('signature', signature)];
  if (pss) args.push('-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:digest');
  openssl(what, [...args, file('message', message)]);
}

function ed25519Holds(what, { key, message, signature }) {
  openssl(what, ['pkeyutl', '-verify', '-rawin', '-pubin', '-inkey', file('key.pem', key), '-in', file('message', message), '-sigfile',
    file('signature', signature)]);
}

// RFC 3161, over `message`; the authority's chain is the caller's.
function stampHolds(what, { stamp, message, roots, others, now }) {
  openssl(what, ['ts', '-verify', '-in', file('stamp', stamp), '-data', file('message', message), '-attime', String(now), '-CAfile',
    file('roots.pem', roots.join('\n')), ...(others.length ? ['-untrusted', file('others.pem', others.join('\n'))] : [])]);
}

// What a stamp says of its time, in seconds.
function timeOf(stamp) {
  const text = String(openssl('stamp', ['ts', '-reply', '-in', file('stamp', stamp), '-text']));
  return Date.parse(/^Time stamp: (.*)$/m.exec(text)[1]) / 1000;
}

// r and s, big-endian, as DER has them.
function pairOf(r, s) {
  const number = (bytes) => {
    let digits = Buffer.from(bytes);
    while (digits.length > 1 && digits[0] === 0) digits = digits.subarray(1);
    if (digits[0] & 0x80) digits = Buffer.concat([Buffer.from([0]), digits]);
    return Buffer.concat([Buffer.from([2, digits.length]), digits]);
  };
  const both = Buffer.concat([number(r), number(s)]);
  return Buffer.concat([Buffer.from([0x30, both.length]), both]);
}

module.exports = { Refusal, certificatesOf, chainHolds, ed25519Holds, keyOf, openssl, pairOf, pem, signatureHolds, stampHolds, timeOf };
