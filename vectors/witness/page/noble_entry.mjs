export { chacha20poly1305 } from '@noble/ciphers/chacha';
export { ed25519, x25519 } from '@noble/curves/ed25519';
export { p384 } from '@noble/curves/nist';
export { hmac } from '@noble/hashes/hmac';
export { sha256, sha384, sha512 } from '@noble/hashes/sha2';
export { sha3_256, sha3_512, shake128, shake256 } from '@noble/hashes/sha3';
export { ml_kem768 } from '@noble/post-quantum/ml-kem';
