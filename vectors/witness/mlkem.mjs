// ML-KEM as FIPS 203 tells it, algorithm by algorithm, and Kyber of round 3 beside it; for the witnesses only, slow and not in constant time.
import { createHash } from 'node:crypto';

const Q = 3329;
const N = 256;
const ETA = 2; // of secrets and noise
const POLY = 384; // bytes of a polynomial of 12-bit coefficients

const join = (...parts) => Buffer.concat(parts);
const hash = (name, data, outputLength) => createHash(name, outputLength && { outputLength }).update(data).digest();
const G = (data) => { const out = hash('sha3-512', data); return [out.subarray(0, 32), out.subarray(32)]; };
const H = (data) => hash('sha3-256', data);
const J = (data) => hash('shake256', data, 32);
const mod = (x) => ((x % Q) + Q) % Q;
const range = (n) => [...Array(n).keys()];

// ---- 4.2.1 Bits, bytes and compression

function encode(coefficients, d) { // Algorithm 5
  const out = Buffer.alloc((N * d) / 8);
  coefficients.forEach((x, i) => {
    for (let bit = 0; bit < d; bit++) if ((x >> bit) & 1) out[(i * d + bit) >> 3] |= 1 << ((i * d + bit) & 7);
  });
  return out;
}

function decode(bytes, d) { // Algorithm 6, without the reduction of d = 12
  return range(N).map((i) => range(d).reduce((x, bit) => x | (((bytes[(i * d + bit) >> 3] >> ((i * d + bit) & 7)) & 1) << bit), 0));
}

const compress = (poly, d) => poly.map((x) => Math.floor((x * 2 ** d * 2 + Q) / (2 * Q)) % 2 ** d);
const decompress = (poly, d) => poly.map((x) => Math.floor((x * Q * 2 + 2 ** d) / 2 ** (d + 1)));
const split = (bytes, size) => range(bytes.length / size).map((i) => bytes.subarray(i * size, (i + 1) * size));

// ---- 4.2.2 Sampling

function sampleNTT(seed) { // Algorithm 7; four times the bytes that are needed on average
  const stream = hash('shake128', seed, 3 * 840);
  const out = [];
  for (let at = 0; out.length < N; at += 3) {
    const low = stream[at] + 256 * (stream[at + 1] % 16);
    const high = (stream[at + 1] >> 4) + 16 * stream[at + 2];
    if (low < Q) out.push(low);
    if (high < Q && out.length < N) out.push(high);
  }
  return out;
}

function samplePolyCBD(seed, nonce) { // Algorithm 8 over PRF
  const stream = hash('shake256', join(seed, Buffer.from([nonce])), 64 * ETA);
  const bit = (i) => (stream[i >> 3] >> (i & 7)) & 1;
  return range(N).map((i) => mod(bit(4 * i) + bit(4 * i + 1) - bit(4 * i + 2) - bit(4 * i + 3)));
}

// ---- 4.3 The number-theoretic transform

const reversed = (i) => parseInt(i.toString(2).padStart(7, '0').split('').reverse().join(''), 2);
const power = (exponent) => range(exponent).reduce((x) => (x * 17) % Q, 1);
const ZETA = range(128).map((i) => power(reversed(i)));
const GAMMA = range(128).map((i) => power(2 * reversed(i) + 1));

function NTT(poly) { // Algorithm 9
  const f = [...poly];
  let i = 1;
  for (let len = 128; len >= 2; len /= 2)
    for (let start = 0; start < N; start += 2 * len, i++)
      for (let j = start; j < start + len; j++) {
        const t = ZETA[i] * f[j + len];
        f[j + len] = mod(f[j] - t);
        f[j] = mod(f[j] + t);
      }
  return f;
}

function inverseNTT(poly) { // Algorithm 10
  const f = [...poly];
  let i = 127;
  for (let len = 2; len <= 128; len *= 2)
    for (let start = 0; start < N; start += 2 * len, i--)
      for (let j = start; j < start + len; j++) {
        const t = f[j];
        f[j] = mod(t + f[j + len]);
        f[j + len] = mod(ZETA[i] * (f[j + len] - t));
      }
  return f.map((x) => mod(x * 3303));
}

const add = (a, b) => a.map((x, i) => mod(x + b[i]));
const minus = (a, b) => a.map((x, i) => mod(x - b[i]));
const multiply = (f, g) => range(128).flatMap((i) => [ // Algorithms 11 and 12
  mod(f[2 * i] * g[2 * i] + mod(f[2 * i + 1] * g[2 * i + 1]) * GAMMA[i]),
  mod(f[2 * i] * g[2 * i + 1] + f[2 * i + 1] * g[2 * i]),
]);
const dot = (a, b) => a.map((x, i) => multiply(x, b[i])).reduce(add);

// ---- 5 K-PKE. A parameter set: k the module's rank, du and dv the bits that are kept of u and v

export const ML_KEM_768 = { k: 3, du: 10, dv: 4 };
export const ML_KEM_1024 = { k: 4, du: 11, dv: 5 };

const entry = (rho, i, j) => sampleNTT(join(rho, Buffer.from([j, i])));

function keyGenPKE({ k }, [rho, sigma]) { // Algorithm 13, behind its first hash
  const s = range(k).map((i) => NTT(samplePolyCBD(sigma, i)));
  const e = range(k).map((i) => NTT(samplePolyCBD(sigma, k + i)));
  const t = range(k).map((i) => add(dot(range(k).map((j) => entry(rho, i, j)), s), e[i]));
  return [join(...t.map((poly) => encode(poly, 12)), rho), join(...s.map((poly) => encode(poly, 12)))];
}

// Algorithm 14 in its two halves: the first needs of the key rho alone.
function encryptU({ k, du }, rho, r) {
  const y = range(k).map((i) => NTT(samplePolyCBD(r, i)));
  const u = range(k).map((i) => add(inverseNTT(dot(range(k).map((j) => entry(rho, j, i)), y)), samplePolyCBD(r, k + i)));
  return join(...u.map((poly) => encode(compress(poly, du), du)));
}

function encryptV({ k, dv }, tBytes, m, r) {
  const t = split(tBytes, POLY).map((bytes) => decode(bytes, 12));
  const y = range(k).map((i) => NTT(samplePolyCBD(r, i)));
  const v = add(add(inverseNTT(dot(t, y)), samplePolyCBD(r, 2 * k)), decompress(decode(m, 1), 1));
  return encode(compress(v, dv), dv);
}

const tOf = ({ k }, ek) => ek.subarray(0, k * POLY);
const rhoOf = ({ k }, ek) => ek.subarray(k * POLY);
const encryptPKE = (set, ek, m, r) => join(encryptU(set, rhoOf(set, ek), r), encryptV(set, tOf(set, ek), m, r));

function decryptPKE({ k, du, dv }, dk, c) { // Algorithm 15
  const cut = (N * du * k) / 8;
  const u = split(c.subarray(0, cut), (N * du) / 8).map((bytes) => decompress(decode(bytes, du), du));
  const v = decompress(decode(c.subarray(cut), dv), dv);
  const s = split(dk, POLY).map((bytes) => decode(bytes, 12));
  return encode(compress(minus(v, inverseNTT(dot(s, u.map(NTT)))), 1), 1);
}

// ---- 6 and 7 ML-KEM; the set is ML-KEM-768 unless another is named

export const EK = 3 * POLY + 32;
export const CIPHERTEXT = (N * (10 * 3 + 4)) / 8;

/** { ek, dk, z }, dk in its parts. */
export function keyGen(d, z, set = ML_KEM_768) {
  const [ek, dk] = keyGenPKE(set, G(join(d, Buffer.from([set.k]))));
  return { ek, dk, z };
}

/** 7.2: a key of this length with every coefficient below q. */
export const fits = (ek, set = ML_KEM_768) => ek.length === set.k * POLY + 32
  && split(tOf(set, ek), POLY).every((bytes) => decode(bytes, 12).every((x) => x < Q));

/** [secret, ciphertext] */
export function encaps(ek, m, set = ML_KEM_768) {
  const [secret, r] = G(join(m, H(ek)));
  return [secret, encryptPKE(set, ek, m, r)];
}

export function decaps({ ek, dk, z }, c, set = ML_KEM_768) {
  const m = decryptPKE(set, dk, c);
  const [secret, r] = G(join(m, H(ek)));
  return encryptPKE(set, ek, m, r).equals(c) ? secret : J(join(z, c));
}

// ---- ML-KEM-768 by halves: what a header (rho || hash of the key) is enough for, and the rest

/** The key's header and the rest of it. */
export const headerOf = (ek) => [join(rhoOf(ML_KEM_768, ek), H(ek)), tOf(ML_KEM_768, ek)];
export const headerFits = (header, t) => H(join(t, header.subarray(0, 32))).equals(header.subarray(32)) && fits(join(t, header.subarray(0, 32)));

/** [secret, ct1], and later ct2 */
export function encapsToHeader(header, m) {
  const [secret, r] = G(join(m, header.subarray(32)));
  return [secret, encryptU(ML_KEM_768, header.subarray(0, 32), r)];
}
export const secondHalf = (header, t, m) => encryptV(ML_KEM_768, t, m, G(join(m, header.subarray(32)))[1]);

// ---- Kyber1024 of round 3: another first hash, and another secret

const round3 = (secret, c) => hash('shake256', join(secret, H(c)), 32);

export function kyberKeyGen(d, z) {
  const [ek, dk] = keyGenPKE(ML_KEM_1024, G(d));
  return { ek, dk, z };
}

/** [secret, ciphertext] */
export function kyberEncaps(ek, coins) {
  const m = H(coins);
  const [secret, r] = G(join(m, H(ek)));
  const c = encryptPKE(ML_KEM_1024, ek, m, r);
  return [round3(secret, c), c];
}

export function kyberDecaps({ ek, dk, z }, c) {
  const m = decryptPKE(ML_KEM_1024, dk, c);
  const [secret, r] = G(join(m, H(ek)));
  return round3(encryptPKE(ML_KEM_1024, ek, m, r).equals(c) ? secret : z, c);
}
