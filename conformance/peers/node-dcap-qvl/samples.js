'use strict';
// samples.js FOLDER: what the library says of each genuine quote of an evidence folder at the time stated in its expected.json: one line each, the
// case, its kind, its collateral, its time, and the status or `refused`.

const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { QuoteVerifier } = require('@phala/dcap-qvl');

const folder = process.argv[2];
const expected = JSON.parse(readFileSync(join(folder, 'expected.json')));
const verifier = QuoteVerifier.newWithRootCa(readFileSync(join(folder, 'roots/intel/IntelSGXRootCA.der')));

function status(kind, name, { collateral, verify_at }) {
  try {
    const quote = readFileSync(join(folder, kind, name, 'quote.bin'));
    return verifier.verify(quote, JSON.parse(readFileSync(join(folder, collateral))), Date.parse(verify_at) / 1000).status;
  } catch {
    return 'refused';
  }
}

for (const kind of ['tdx', 'sgx']) {
  for (const [name, it] of Object.entries(expected[kind])) {
    if (it.collateral) process.stdout.write(`${kind} ${name} ${it.collateral} ${it.verify_at} ${status(kind, name, it)}\n`);
  }
}
