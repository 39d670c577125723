// XEdDSA as spec/ratchet/ratchet.md 1 tells it, over a curve of its own; for the witness only, slow and not in constant time.
import { createHash } from 'node:crypto';

const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const mod = (x, m = P) => ((x % m) + m) % m;
const sha512 = (...parts) => createHash('sha512').update(Buffer.concat(parts)).digest();

function power(x, e) {
  let result = 1n;
  for (let base = mod(x); e > 0n; e >>= 1n, base = (base * base) % P) if (e & 1n) result = (result * base) % P;
  return result;
}
const inverse = (x) => power(x, P - 2n);
const D = mod(-121665n * inverse(121666n));
const ROOT = power(2n, (P - 1n) / 4n);

const toNumber = (bytes) => BigInt(`0x${Buffer.from(bytes).reverse().toString('hex') || '0'}`);
const toBytes = (x) => Buffer.from(x.toString(16).padStart(64, '0'), 'hex').reverse();

// ---- the curve: points [X, Y, Z, T], x = X/Z, y = Y/Z, xy = T/Z (RFC 8032 5.1.4)

const NEUTRAL = [0n, 1n, 1n, 0n];
function add([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const [a, b, c, d] = [mod((y1 - x1) * (y2 - x2)), mod((y1 + x1) * (y2 + x2)), mod(2n * D * t1 * t2), mod(2n * z1 * z2)];
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
}
const same = ([x1, y1, z1], [x2, y2, z2]) => mod(x1 * z2 - x2 * z1) === 0n && mod(y1 * z2 - y2 * z1) === 0n;
function times(k, point) {
  let result = NEUTRAL;
  for (let at = point; k > 0n; k >>= 1n, at = add(at, at)) if (k & 1n) result = add(result, at);
  return result;
}
function fromY(y, sign) { // undefined: no point has it
  if (y >= P) return undefined;
  const square = mod((y * y - 1n) * inverse(D * y * y + 1n));
  let x = power(square, (P + 3n) / 8n);
  if (mod(x * x) !== square) x = mod(x * ROOT);
  if (mod(x * x) !== square || (x === 0n && sign)) return undefined;
  if ((x & 1n) !== BigInt(sign)) x = mod(-x);
  return [x, y, 1n, mod(x * y)];
}
function encode([x, y, z]) {
  const one = inverse(z);
  return toBytes(mod(y * one) | ((mod(x * one) & 1n) << 255n));
}
const decode = (bytes) => fromY(toNumber(bytes) & (2n ** 255n - 1n), bytes[31] >> 7);
const isSmall = (point) => same(times(8n, point), NEUTRAL);
const B = fromY(mod(4n * inverse(5n)), 0);

// ---- 1 XEdDSA

export function sign(mode, secret, message, coins) {
  const clamped = Buffer.from(secret);
  clamped[0] &= 248;
  clamped[31] = (clamped[31] & 127) | 64;
  const k = toNumber(clamped);
  const point = encode(times(k, B));
  const signOfA = point[31] >> 7;
  let a = mod(k, ORDER);
  let hashed = clamped; // the scalar as it goes into the nonce
  if (mode === 'strict') {
    a = signOfA ? mod(-k, ORDER) : a;
    hashed = signOfA ? toBytes(a) : clamped;
    point[31] &= 127;
  }
  const r = mod(toNumber(sha512(Buffer.from([0xfe]), Buffer.alloc(31, 0xff), hashed, message, coins)), ORDER);
  const R = encode(times(r, B));
  const h = mod(toNumber(sha512(R, point, message)), ORDER);
  const S = toBytes(mod(r + h * a, ORDER));
  if (mode === 'compat') S[31] |= signOfA << 7;
  return Buffer.concat([R, S]);
}

/** The reason word, or nothing when it verifies. */
export function judge(mode, key, message, signature) {
  if (signature.length !== 64) return 'length';
  const u = toNumber(key);
  if (mode === 'strict' && u >= P) return 'parse';
  const s = Buffer.from(signature.subarray(32));
  const signOfA = mode === 'compat' ? s[31] >> 7 : 0;
  if (mode === 'compat') s[31] &= 127;
  const S = toNumber(s);
  if (S >= (mode === 'strict' ? ORDER : 2n ** 253n)) return 'auth';
  const montgomery = mod(u & (2n ** 255n - 1n));
  const A = fromY(mod((montgomery - 1n) * inverse(montgomery + 1n)), signOfA);
  const R = decode(signature.subarray(0, 32));
  if (!A || !R || isSmall(A) || isSmall(R)) return 'auth';
  const h = mod(toNumber(sha512(signature.subarray(0, 32), encode(A), message)), ORDER);
  return same(times(mod(S, ORDER), B), add(R, times(h, A))) ? undefined : 'auth';
}

/** Whether a share is below 2^255 - 19 and of prime order: what a base key has to be. */
export function isPrime(key) {
  const u = toNumber(key);
  if (u >= P || u === P - 1n) return false;
  const A = fromY(mod((u - 1n) * inverse(u + 1n)), 0);
  return A !== undefined && same(times(ORDER, A), NEUTRAL);
}
export const isCanonical = (key) => toNumber(key) < P;
