// ML-KEM-768 with the names of mlkem.mjs, over the noble library: for where constant time is wanted as far as the language gives it.
import { ml_kem768 } from './noble.mjs';

const given = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

export const EK = 1184;
export const CIPHERTEXT = 1088;
const Q = 3329;

export function keyGen(d, z) {
  const { publicKey, secretKey } = ml_kem768.keygen(Buffer.concat([d, z]));
  return { ek: given(publicKey), dk: secretKey };
}

/** FIPS 203, 7.2: every coefficient is below q. Version 0.4.1 of the library takes a key with others. */
export function fits(ek) {
  if (ek.length !== EK) return false;
  for (let at = 0; at < EK - 32; at += 3) {
    const [low, high] = [ek[at] + 256 * (ek[at + 1] & 15), (ek[at + 1] >> 4) + 16 * ek[at + 2]];
    if (low >= Q || high >= Q) return false;
  }
  return true;
}

export function encaps(ek, m) {
  const { sharedSecret, cipherText } = ml_kem768.encapsulate(ek, m);
  return [given(sharedSecret), given(cipherText)];
}

export const decaps = ({ dk }, c) => given(ml_kem768.decapsulate(c, dk));
