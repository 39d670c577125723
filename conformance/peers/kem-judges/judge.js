'use strict';
// judge.js JUDGE SCHEME COUNT: for each seed i below COUNT one line
//   i  sha256(ek)  sha256(dk)  sha256(ct)  shared secret  secret of the damaged ciphertext
// in hex, as conformance/kem_lines.c writes it for ours. Judges: noble, pqclean (ML-KEM-768, ML-KEM-1024), pqclean-round3
// (Kyber768, Kyber1024). The coins of seed i are SHA-256("d" || i), SHA-256("z" || i) and SHA-256("m" || i) with i as 4 bytes,
// big-endian; the damaged ciphertext has byte i mod length changed by XOR with i mod 255 + 1.

const crypto = require('node:crypto');

const sha256 = (...parts) => {
  const hash = crypto.createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const hex = (bytes) => Buffer.from(bytes).toString('hex');

function coins(name, i) {
  const number = Buffer.alloc(4);
  number.writeUInt32BE(i);
  return sha256(name, number);
}

// What a library draws comes from here, in the order in which it draws: it is told the seed before each call.
let supply = Buffer.alloc(0);
const lend = (...parts) => { supply = Buffer.concat(parts); };

function draw(into, offset, size) {
  if (supply.length < size) throw new Error(`the library draws ${size} bytes, ${supply.length} are left`);
  supply.copy(into, offset, 0, size);
  supply = supply.subarray(size);
}

// PQClean as WebAssembly asks node:crypto for randomness; it looks the function up when it is loaded.
function pqclean(module, name) {
  crypto.randomFillSync = draw;
  const { KEM } = require(`${module}/wasm`);
  const kem = new KEM(name);
  return {
    keygen(d, z) {
      lend(d, z);
      const { publicKey, privateKey } = kem.keypair();
      return { ek: publicKey, dk: privateKey };
    },
    encaps(ek, m) {
      lend(m);
      const { key, encryptedKey } = kem.generateKey(ek);
      return { ct: encryptedKey, shared: key };
    },
    decaps: (dk, ct) => kem.decryptKey(dk, ct),
  };
}

function noble(name) {
  const kem = require('@noble/post-quantum/ml-kem')[name];
  return {
    keygen(d, z) {
      const { publicKey, secretKey } = kem.keygen(new Uint8Array(Buffer.concat([d, z])));
      return { ek: publicKey, dk: secretKey };
    },
    encaps(ek, m) {
      const { cipherText, sharedSecret } = kem.encapsulate(ek, new Uint8Array(m));
      return { ct: cipherText, shared: sharedSecret };
    },
    decaps: (dk, ct) => kem.decapsulate(ct, dk),
  };
}

const JUDGES = {
  'noble ML-KEM-768': () => noble('ml_kem768'),
  'noble ML-KEM-1024': () => noble('ml_kem1024'),
  'pqclean ML-KEM-768': () => pqclean('pqclean', 'ml-kem-768'),
  'pqclean ML-KEM-1024': () => pqclean('pqclean', 'ml-kem-1024'),
  'pqclean-round3 Kyber768': () => pqclean('pqclean-round3', 'kyber768'),
  'pqclean-round3 Kyber1024': () => pqclean('pqclean-round3', 'kyber1024'),
};

function line(kem, i) {
  const { ek, dk } = kem.keygen(coins('d', i), coins('z', i));
  const { ct, shared } = kem.encaps(ek, coins('m', i));
  const damaged = Uint8Array.from(ct);
  damaged[i % ct.length] ^= (i % 255) + 1;
  if (hex(kem.decaps(dk, ct)) !== hex(shared)) throw new Error(`seed ${i}: the judge disagrees with itself`);
  return [i, hex(sha256(ek)), hex(sha256(dk)), hex(sha256(ct)), hex(shared), hex(kem.decaps(dk, damaged))].join(' ');
}

const [judge, scheme, count] = process.argv.slice(2);
const open = JUDGES[`${judge} ${scheme}`];
if (!open || !/^[0-9]+$/.test(count || '')) {
  console.error(`usage: run JUDGE SCHEME COUNT; there is ${Object.keys(JUDGES).join(', ')}`);
  process.exit(64);
}
const kem = open();
for (let i = 0; i < Number(count); i++) process.stdout.write(`${line(kem, i)}\n`);
