// A second opinion on the vectors of GPU evidence: other code, another language, written from the prose alone (gpu_evidence.mjs).
//   node gpu.mjs FILE...   judges each case of at.gpu.json; a line for each difference. Of a rejected case it names the sentence too.
// A file of another operation is skipped. Exit status: 0 all agreed, 1 something differed or nothing was compared, 64 usage, 77 no SHA-384.
import { readFileSync } from 'node:fs';
import { Rejected } from './bytes.mjs';
import { bytes, compareFile, run } from './compare.mjs';
import { appraise } from './gpu_evidence.mjs';

const READ = {
  report: bytes, root: bytes, root_crl: bytes, model_crl: bytes, cpu_data: bytes, chain: String, policy: JSON.parse, now: Number,
};

function inputsOf(given, c) {
  for (const key in given) {
    if (!(key in READ)) throw new Error(`${c.id}: the witness does not know the input '${key}'`);
    given[key] = READ[key](given[key]);
  }
  return given;
}

function recompute(op, given) {
  try {
    return { verdict: 'accept', ...appraise(given) };
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    return { verdict: 'reject', site: error.site };
  }
}

const stated = (c) => (c.expect === 'accept' ? { verdict: 'accept', ...c.out } : { verdict: 'reject', site: c.site });

run('node gpu.mjs FILE...', ['sha384'], (file) => {
  const { op } = JSON.parse(readFileSync(file, 'utf8'));
  if (op === 'at.gpu') compareFile(file, { operations: ['at.gpu'], inputsOf, recompute, stated });
  else console.log(`${file}: skipped, the witness does not judge '${op}'`);
});
