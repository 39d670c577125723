// An adapter for the library door of Parley: one flat JSON object a line in, one out, in order. It speaks, and offers nothing yet.
// Byte strings are lower-case hexadecimal. Nothing but answers goes to the standard output; log to the standard error.
import { createInterface } from 'node:readline';

class Refusal {
  constructor(reason, released = '') {
    Object.assign(this, { rej: reason, released });
  }
}
const wrong = Symbol('the question makes no sense');
const bytes = (text) => {
  if (typeof text !== 'string' || !/^([0-9a-f]{2})*$/.test(text)) throw wrong;
  return Buffer.from(text, 'hex');
};

// One function an operation: it takes the members of the question and returns those of the answer. To refuse, it throws
// new Refusal('auth'), with a reason word. Sessions are yours to keep, under a number that you give out as `h`.
const operations = {
  hello: () => ({ impl: 'my-library', version: '0.1', proto: 1, roles: 'lib', caps: '', ops: Object.keys(operations).join(' ') }),
  echo: (question) => question,
  reset: () => ({}), // end every session
  // caps has to say 'tl:proof' with this one:
  // 'tl.leaf': ({ entry }) => ({ hash: leafHash(bytes(entry)).toString('hex') }),
};

function answer(line) {
  let id = 0;
  try {
    const { id: asked, op, ...question } = JSON.parse(line);
    id = asked;
    if (!Object.hasOwn(operations, op)) return { id, uns: op };
    return { ...operations[op](question), id, ok: 1 };
  } catch (fault) {
    if (fault instanceof Refusal) return { id, ...fault };
    return { id, bug: fault === wrong ? 'a byte string is not lower-case hexadecimal' : String(fault.message ?? fault) };
  }
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) process.stdout.write(JSON.stringify(answer(line)) + '\n');
