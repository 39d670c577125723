// What the witnesses use of Node's crypto, and no more, over the noble libraries: for where there is no Node, and to hold one library against the other.
import { chacha20poly1305, ed25519, hmac, p384, sha256, sha3_256, sha3_512, sha384, sha512, shake128, shake256, x25519 } from './noble.mjs';

const HASHES = { sha256, sha384, sha512, 'sha3-256': sha3_256, 'sha3-512': sha3_512, shake128, shake256 };
const bytesOf = (data) => (typeof data === 'string' ? Buffer.from(data, 'utf8') : data);
const given = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

export const getHashes = () => Object.keys(HASHES);
export const getCiphers = () => ['chacha20-poly1305'];
export const randomBytes = (n) => given(globalThis.crypto.getRandomValues(new Uint8Array(n)));

// ---- hashes

function updated(parts, digest) {
  const self = { update: (data) => (parts.push(bytesOf(data)), self), digest: () => given(digest(Buffer.concat(parts))) };
  return self;
}

export const createHash = (name, { outputLength } = {}) => updated([], (data) => HASHES[name](data, outputLength && { dkLen: outputLength }));
export const createHmac = (name, key) => updated([], (data) => hmac(HASHES[name], key, data));

export function hkdfSync(name, ikm, salt, info, n) { // RFC 5869
  const prk = hmac(HASHES[name], salt, ikm);
  let [block, out] = [Buffer.alloc(0), Buffer.alloc(0)];
  for (let i = 1; out.length < n; i++) {
    block = given(hmac(HASHES[name], prk, Buffer.concat([block, info, Buffer.of(i)])));
    out = Buffer.concat([out, block]);
  }
  return out.subarray(0, n);
}

// ---- ChaCha20-Poly1305; the tag comes apart

const TAG = 16;

export function createCipheriv(name, key, nonce) {
  let [ad, text] = [undefined, Buffer.alloc(0)];
  let tag;
  const self = {
    setAAD: (data) => ((ad = data), self),
    update: (data) => ((text = Buffer.concat([text, data])), Buffer.alloc(0)),
    final: () => {
      const sealed = given(chacha20poly1305(key, nonce, ad).encrypt(text));
      tag = sealed.subarray(-TAG);
      return sealed.subarray(0, -TAG);
    },
    getAuthTag: () => tag,
  };
  return self;
}

export function createDecipheriv(name, key, nonce) {
  let [ad, tag, text] = [undefined, undefined, Buffer.alloc(0)];
  const self = {
    setAAD: (data) => ((ad = data), self),
    setAuthTag: (data) => ((tag = data), self),
    update: (data) => ((text = Buffer.concat([text, data])), Buffer.alloc(0)),
    final: () => given(chacha20poly1305(key, nonce, ad).decrypt(Buffer.concat([text, tag]))),
  };
  return self;
}

// ---- keys: DER, whose prefix says what they are

const KINDS = { // by the hexadecimal of an object identifier
  '06032b656e': 'x25519', '06032b6570': 'ed25519', '06052b81040022': 'ec', '06092a864886f70d010101': 'rsa',
};

function kindOf(der) {
  const head = der.subarray(0, 32).toString('hex');
  const found = Object.keys(KINDS).find((oid) => head.includes(oid));
  if (!found) throw new TypeError('a key of an unknown kind');
  return KINDS[found];
}

const publicOf = { x25519: (secret) => x25519.getPublicKey(secret), ed25519: (secret) => ed25519.getPublicKey(secret) };
const SPKI = { x25519: '302a300506032b656e032100', ed25519: '302a300506032b6570032100' };

export const createPrivateKey = ({ key }) => ({ asymmetricKeyType: kindOf(key), secret: key.subarray(-32) });

export function createPublicKey(from) {
  if (from.secret) return publicKey(from.asymmetricKeyType, given(publicOf[from.asymmetricKeyType](from.secret)));
  const kind = kindOf(from.key);
  return publicKey(kind, kind === 'ec' ? from.key.subarray(-97) : kind === 'rsa' ? from.key : from.key.subarray(-32));
}

const publicKey = (kind, bytes) => ({
  asymmetricKeyType: kind, bytes, asymmetricKeyDetails: kind === 'ec' ? { namedCurve: 'secp384r1' } : {},
  export: () => Buffer.concat([Buffer.from(SPKI[kind], 'hex'), bytes]),
});

export const diffieHellman = ({ privateKey, publicKey: share }) => given(x25519.getSharedSecret(privateKey.secret, share.bytes));

// ---- signatures

export const constants = { RSA_PKCS1_PSS_PADDING: 6 };
export const sign = (_, message, { secret }) => given(ed25519.sign(message, secret));

export function verify(hash, message, key, signature) {
  const made = key.bytes ? key : key.key.bytes ? key.key : createPublicKey(key);
  if (made.asymmetricKeyType === 'ed25519') return ed25519.verify(signature, message, made.bytes, { zip215: false });
  const digest = HASHES[hash](message);
  if (made.asymmetricKeyType === 'ec') return p384.verify(signature, digest, made.bytes, { lowS: false });
  return made.asymmetricKeyType === 'rsa' && verifyPss(made.bytes, digest, signature, key.saltLength);
}

// RSASSA-PSS, RFC 8017, 8.1.2 and 9.1.2, with one hash of 48 bytes throughout

const integer = (bytes) => BigInt(`0x${given(bytes).toString('hex') || '0'}`);
const octets = (value, n) => Buffer.from(value.toString(16).padStart(2 * n, '0'), 'hex');

function rsaOf(spki) { // SEQUENCE of algorithm and BIT STRING of SEQUENCE of n and e
  const value = (at) => {
    const long = spki[at + 1] - 128;
    const body = at + 2 + Math.max(long, 0);
    return { body, end: body + (long > 0 ? spki.readUIntBE(at + 2, long) : spki[at + 1]) };
  };
  const algorithm = value(value(0).body);
  const n = value(value(value(algorithm.end).body + 1).body);
  const e = value(n.end);
  return [integer(spki.subarray(n.body, n.end)), integer(spki.subarray(e.body, e.end))];
}

function power(base, exponent, modulus) {
  let [result, square] = [1n, base];
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

function mask(seed, n) { // MGF1
  let out = Buffer.alloc(0);
  for (let i = 0; out.length < n; i++) out = Buffer.concat([out, sha384(Buffer.concat([seed, octets(BigInt(i), 4)]))]);
  return out.subarray(0, n);
}

function verifyPss(spki, digest, signature, saltLength) {
  const [n, e] = rsaOf(spki);
  const bits = n.toString(2).length;
  const s = integer(signature);
  if (signature.length !== Math.ceil(bits / 8) || s >= n) return false;
  const size = Math.ceil((bits - 1) / 8);
  const value = power(s, e, n);
  if (value >= 1n << BigInt(8 * size)) return false;
  const encoded = octets(value, size);
  const at = size - 48 - 1;
  const hash = encoded.subarray(at, -1);
  const unused = 8 * size - (bits - 1);
  if (encoded.at(-1) !== 0xbc || encoded[0] >> (8 - unused) !== 0) return false;
  const masked = mask(hash, at);
  const db = Buffer.from(encoded.subarray(0, at).map((byte, i) => byte ^ masked[i]));
  db[0] &= 0xff >> unused;
  const zeros = at - saltLength - 1;
  if (zeros < 0 || db[zeros] !== 1 || !db.subarray(0, zeros).every((byte) => byte === 0)) return false;
  return given(sha384(Buffer.concat([Buffer.alloc(8), digest, db.subarray(zeros + 1)]))).equals(hash);
}
