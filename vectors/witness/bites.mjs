// For the proofs that a witness bites, where files are too long for sed: copies of vectors with one digit changed in each value of a key.
//   node bites.mjs SCRATCH WHAT KEY N FILE...      the digit behind the first N
import { readFileSync, writeFileSync } from 'node:fs';

const [scratch, what, key, digit, ...files] = process.argv.slice(2);
const at = Number(digit);
const other = (text) => (text.length > at ? text.slice(0, at) + (parseInt(text[at], 16) ^ 9).toString(16) + text.slice(at + 1) : text);
for (const file of files) {
  const altered = readFileSync(new URL(`../data/${file}`, import.meta.url), 'utf8')
    .replace(new RegExp(`"${key}":"([0-9a-f]*)"`, 'g'), (_, text) => `"${key}":"${other(text)}"`);
  writeFileSync(`${scratch}/${what} in ${file}`, altered);
}
