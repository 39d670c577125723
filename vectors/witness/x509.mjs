// Certificates and revocation lists, as far as spec/attestation/attestation.md, sections 4 and 5, asks for them: RFC 5280 in DER.
import { constants, verify } from 'node:crypto';

export class Malformed extends Error {}

const need = (holds) => {
  if (!holds) throw new Malformed('DER');
};

// ---- DER: a value is { tag, body, whole }

function valueAt(bytes, at) {
  need(at + 2 <= bytes.length && (bytes[at] & 31) !== 31);
  let [length, body] = [bytes[at + 1], at + 2];
  if (length >= 128) {
    const n = length & 127;
    need(n >= 1 && n <= 3 && body + n <= bytes.length && bytes[body] !== 0);
    length = bytes.readUIntBE(body, n);
    need(length >= 128);
    body += n;
  }
  need(body + length <= bytes.length);
  return { tag: bytes[at], body: bytes.subarray(body, body + length), whole: bytes.subarray(at, body + length) };
}

export function readDer(bytes) { // exactly one value
  const value = valueAt(bytes, 0);
  need(value.whole.length === bytes.length);
  return value;
}

function partsOf({ tag, body }, wanted = 0x30) {
  need(tag === wanted);
  const parts = [];
  for (let at = 0; at < body.length; at += parts.at(-1).whole.length) parts.push(valueAt(body, at));
  return parts;
}

function oidOf({ tag, body }) {
  need(tag === 6 && body.length > 0);
  const numbers = [0n];
  for (const byte of body) {
    numbers.push((numbers.pop() << 7n) | BigInt(byte & 127));
    if (byte < 128) numbers.push(0n);
  }
  numbers.pop();
  const first = numbers[0] < 80n ? numbers[0] / 40n : 2n;
  return [first, numbers[0] - 40n * first, ...numbers.slice(1)].join('.');
}

function timeOf({ tag, body }) { // RFC 5280, 4.1.2.5: seconds since 1970
  const text = body.toString('latin1');
  const form = { 0x17: /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/, 0x18: /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/ }[tag]?.exec(text);
  need(form);
  const [year, month, day, ...clock] = form.slice(1).map(Number);
  const full = tag === 0x18 ? year : year < 50 ? 2000 + year : 1900 + year;
  const ms = Date.UTC(full, month - 1, day, ...clock);
  need(new Date(ms).toISOString().replace(/[-T:]|\.000Z/g, '').endsWith(text.slice(0, -1)));
  return ms / 1000;
}

// ---- the signature: RSASSA-PSS with SHA-384, MGF1 with SHA-384 and a salt of 48 bytes, and nothing else

const [PSS, MGF1, SHA384] = ['1.2.840.113549.1.1.10', '1.2.840.113549.1.1.8', '2.16.840.1.101.3.4.2.2'];
const explicit = (parts, n) => parts.find(({ tag }) => tag === 0xa0 + n);
const isNull = ({ whole }) => whole.toString('hex') === '0500';

function isSha384(value) {
  const [oid, ...parameters] = partsOf(value);
  return oidOf(oid) === SHA384 && parameters.length <= 1 && parameters.every(isNull);
}

function isPss384(algorithm) {
  const [oid, parameters] = partsOf(algorithm);
  if (oidOf(oid) !== PSS || !parameters) return false;
  const fields = partsOf(parameters);
  const [hash, mask, salt, trailer] = [0, 1, 2, 3].map((n) => explicit(fields, n));
  if (!hash || !mask || !salt) return false;
  const [mgf, inner] = partsOf(readDer(mask.body));
  return isSha384(readDer(hash.body)) && oidOf(mgf) === MGF1 && isSha384(inner)
    && salt.body.toString('hex') === '020130' && (!trailer || trailer.body.toString('hex') === '020101');
}

function holds(signed, spki, signature) {
  try {
    const key = { key: spki, format: 'der', type: 'spki', padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 };
    return verify('sha384', signed, key, signature);
  } catch {
    return false; // not an RSA key
  }
}

const bitsOf = ({ tag, body }) => {
  need(tag === 3 && body[0] === 0);
  return body.subarray(1);
};

// ---- certificates, RFC 5280, 4.1

const NAMES = { '2.5.29.15': 'keyUsage', '2.5.29.19': 'basicConstraints' };

export function readCertificate(der) {
  const [tbs, algorithm, signature] = partsOf(readDer(der));
  const fields = partsOf(tbs);
  const versioned = fields[0].tag === 0xa0;
  const [serial, , issuer, validity, subject, spki] = fields.slice(versioned ? 1 : 0);
  const [from, to] = partsOf(validity).map(timeOf);
  const bag = explicit(fields.slice(versioned ? 7 : 6), 3);
  return {
    tbs: tbs.whole, pss384: isPss384(algorithm), signature: bitsOf(signature), serial: serial.body, from, to,
    issuer: issuer.whole, subject: subject.whole, commonName: commonNameOf(subject), spki: spki.whole,
    extensions: bag ? partsOf(readDer(bag.body)).map(extensionOf) : [],
  };
}

function extensionOf(value) {
  const [oid, ...rest] = partsOf(value);
  const octets = rest.at(-1);
  need(octets.tag === 4);
  const name = oidOf(oid);
  return { oid: NAMES[name] ?? name, value: octets.body };
}

function commonNameOf(name) {
  const found = partsOf(name).flatMap((set) => partsOf(set, 0x31)).map((pair) => partsOf(pair)).filter(([oid]) => oidOf(oid) === '2.5.4.3');
  return found.length === 1 ? found[0][1].body.toString('latin1') : undefined;
}

const extensionsNamed = ({ extensions }, oid) => extensions.filter((extension) => extension.oid === oid);
export const extension = (certificate, oid) => {
  const found = extensionsNamed(certificate, oid);
  return found.length === 1 ? found[0].value : undefined;
};

function isAuthority(certificate) {
  const constraints = extension(certificate, 'basicConstraints');
  const usage = extension(certificate, 'keyUsage');
  const isCa = constraints && partsOf(readDer(constraints))[0]?.whole.toString('hex') === '0101ff';
  return isCa && (usage === undefined || (readDer(usage).body[1] & 0x04) !== 0); // keyCertSign
}

/** By name and by signature, and the issuer may issue. */
export const issued = (issuer, certificate) => isAuthority(issuer) && certificate.issuer.equals(issuer.subject)
  && holds(certificate.tbs, issuer.spki, certificate.signature);

export const validAt = ({ from, to }, now) => from <= now && now <= to;

// ---- revocation lists, RFC 5280, 5.1

/** The serials of a list that the issuer signed and that is in date; undefined where it is not. */
export function readRevoked(der, issuer, now) {
  const [tbs, algorithm, signature] = partsOf(readDer(der));
  const fields = partsOf(tbs);
  const [, name, from, to, ...rest] = fields.slice(fields[0].tag === 2 ? 1 : 0);
  if (!isPss384(algorithm) || !name.whole.equals(issuer.subject) || !holds(tbs.whole, issuer.spki, bitsOf(signature))) return undefined;
  if (!(timeOf(from) <= now && now <= timeOf(to))) return undefined;
  const row = rest.find(({ tag }) => tag === 0x30);
  return row ? partsOf(row).map((entry) => partsOf(entry)[0].body) : [];
}
