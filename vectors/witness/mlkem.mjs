// ML-KEM-768 as FIPS 203 tells it, algorithm by algorithm; for the witness only, slow and not in constant time.
import { createHash } from 'node:crypto';

const Q = 3329;
const N = 256;
const K = 3; // the module's rank
const ETA = 2; // of secrets and noise
const DU = 10;
const DV = 4;
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

// ---- 5 K-PKE

const entry = (rho, i, j) => sampleNTT(join(rho, Buffer.from([j, i])));

function keyGenPKE(d) { // Algorithm 13
  const [rho, sigma] = G(join(d, Buffer.from([K])));
  const s = range(K).map((i) => NTT(samplePolyCBD(sigma, i)));
  const e = range(K).map((i) => NTT(samplePolyCBD(sigma, K + i)));
  const t = range(K).map((i) => add(dot(range(K).map((j) => entry(rho, i, j)), s), e[i]));
  return [join(...t.map((poly) => encode(poly, 12)), rho), join(...s.map((poly) => encode(poly, 12)))];
}

function encryptPKE(ek, m, r) { // Algorithm 14
  const t = split(ek.subarray(0, K * POLY), POLY).map((bytes) => decode(bytes, 12));
  const rho = ek.subarray(K * POLY);
  const y = range(K).map((i) => NTT(samplePolyCBD(r, i)));
  const u = range(K).map((i) => add(inverseNTT(dot(range(K).map((j) => entry(rho, j, i)), y)), samplePolyCBD(r, K + i)));
  const v = add(add(inverseNTT(dot(t, y)), samplePolyCBD(r, 2 * K)), decompress(decode(m, 1), 1));
  return join(...u.map((poly) => encode(compress(poly, DU), DU)), encode(compress(v, DV), DV));
}

function decryptPKE(dk, c) { // Algorithm 15
  const cut = (N * DU * K) / 8;
  const u = split(c.subarray(0, cut), (N * DU) / 8).map((bytes) => decompress(decode(bytes, DU), DU));
  const v = decompress(decode(c.subarray(cut), DV), DV);
  const s = split(dk, POLY).map((bytes) => decode(bytes, 12));
  return encode(compress(minus(v, inverseNTT(dot(s, u.map(NTT)))), 1), 1);
}

// ---- 6 and 7 ML-KEM

export const EK = K * POLY + 32;
export const CIPHERTEXT = (N * (DU * K + DV)) / 8;

/** { ek, dk }, dk in its parts. */
export function keyGen(d, z) {
  const [ek, dk] = keyGenPKE(d);
  return { ek, dk, z };
}

/** 7.2: a key of this length with every coefficient below q. */
export const fits = (ek) => ek.length === EK && split(ek.subarray(0, K * POLY), POLY).every((bytes) => decode(bytes, 12).every((x) => x < Q));

/** [secret, ciphertext] */
export function encaps(ek, m) {
  const [secret, r] = G(join(m, H(ek)));
  return [secret, encryptPKE(ek, m, r)];
}

export function decaps({ ek, dk, z }, c) {
  const m = decryptPKE(dk, c);
  const [secret, r] = G(join(m, H(ek)));
  return encryptPKE(ek, m, r).equals(c) ? secret : J(join(z, c));
}
