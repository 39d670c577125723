// What every witness does with its vectors: recompute each case, a line for each difference, a count, a status.
import { getCiphers, getHashes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

export const bytes = (text) => Buffer.from(text, 'hex');
const text = (value) => (Buffer.isBuffer(value) ? value.toString('hex') : String(value));

const tally = { agreed: 0, differed: 0 };

export function compare(where, want, got) { // what a case does not state is free
  for (const field in want) {
    const [wanted, found] = [want, got].map((values) => (field in values ? text(values[field]) : '(nothing)'));
    tally[wanted === found ? 'agreed' : 'differed']++;
    if (wanted !== found) console.log(`${where} ${field}: ${difference(wanted, found)}`);
  }
}

function difference(wanted, found) {
  let at = 0;
  while (wanted[at] === found[at]) at++;
  const excerpt = (value) => (value.length <= 160 ? value : `...${value.slice(at, at + 64)}... (from digit ${at} of ${value.length})`);
  return `want ${excerpt(wanted)}, got ${excerpt(found)}`;
}

// A witness answers recompute(op, inputs) for each of its operations; stated(case, inputs) is what the case says of that.
export function compareFile(path, { operations, inputsOf, recompute, stated }) {
  const { op, groups } = JSON.parse(readFileSync(path, 'utf8'));
  if (!operations.includes(op)) throw new Error(`${path}: the witness does not know the operation '${op}'`);
  for (const group of groups)
    for (const c of group.cases) {
      const given = inputsOf({ ...group.common, ...c.in }, c);
      compare(`${basename(path)} ${c.id}`, stated(c, given), recompute(op, given));
    }
}

// The program: 0 all agreed, 1 something differed or nothing was compared, 64 usage, 77 the library lacks an algorithm.
export function run(usage, algorithms, each) {
  const files = process.argv.slice(2);
  const there = [...getHashes(), ...getCiphers()];
  const absent = algorithms.filter((algorithm) => !there.includes(algorithm));
  if (files.length === 0) {
    console.error(`usage: ${usage}`);
    process.exitCode = 64;
  } else if (absent.length > 0) {
    console.log(`skipped: this Node has no ${absent.join(', ')}`);
    process.exitCode = 77;
  } else {
    for (const file of files) each(file);
    console.log(`${tally.agreed} agreed, ${tally.differed} differed`);
    process.exitCode = tally.differed === 0 && tally.agreed > 0 ? 0 : 1;
  }
}
