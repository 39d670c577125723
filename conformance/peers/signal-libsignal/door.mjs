// The library door for peers whose calls are asynchronous: one flat JSON object a line on stdin, one answer a line on stdout, in order.

const MAX_LINE = 1 << 20;

// What the runner got wrong, as against what a peer sent.
export class Mistake extends Error {}

export class Request {
  constructor(fields) { this.fields = fields; }
  has(name) { return Object.hasOwn(this.fields, name); }
  text(name) {
    if (!this.has(name)) throw new Mistake(`${name} is missing`);
    if (typeof this.fields[name] !== 'string') throw new Mistake(`${name} is not a string`);
    return this.fields[name];
  }
  number(name) {
    if (!this.has(name) || !Number.isSafeInteger(this.fields[name])) throw new Mistake(`${name} is not an integer`);
    return this.fields[name];
  }
  bytes(name) {
    const value = this.text(name);
    if (value.length % 2 !== 0 || /[^0-9a-f]/.test(value)) throw new Mistake(`${name} is not lower-case hex`);
    return Buffer.from(value, 'hex');
  }
}

export const hex = (bytes) => Buffer.from(bytes).toString('hex');

// Sends every field back, hex judged as everywhere else.
export function echo(request) {
  const answer = { ok: 1 };
  for (const [name, value] of Object.entries(request.fields)) {
    if (name !== 'id' && name !== 'op') answer[name] = typeof value === 'string' ? hex(request.bytes(name)) : value;
  }
  return answer;
}

function parse(line) {
  let fields;
  try { fields = JSON.parse(line); } catch { throw new Mistake('the line is not JSON'); }
  if (fields === null || typeof fields !== 'object' || Array.isArray(fields)) throw new Mistake('the line is not one JSON object');
  for (const [name, value] of Object.entries(fields)) {
    if (value !== null && typeof value === 'object') throw new Mistake(`field ${name} is nested`);
  }
  return fields;
}

async function respond(operations, line) {
  let id = 0;
  try {
    if (line === null) throw new Mistake('the line is longer than 1 MiB');
    const fields = parse(line);
    if (Number.isSafeInteger(fields.id)) id = fields.id;
    const request = new Request(fields);
    request.number('id');
    const op = request.text('op');
    return { id, ...(operations.has(op) ? await operations.get(op)(request) : { uns: op }) };
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    return { id, bug: error.message };
  }
}

export async function serve(operations, { stdin, stdout } = process) {
  let parts = [];
  let length = 0;
  stdout.on('error', () => process.exit(0)); // the runner has gone
  const finish = async () => {
    const line = length > MAX_LINE ? null : Buffer.concat(parts).toString('utf8');
    parts = [];
    length = 0;
    stdout.write(`${JSON.stringify(await respond(operations, line))}\n`);
  };
  const take = (piece) => {
    length += piece.length;
    if (length <= MAX_LINE) parts.push(piece); else parts = [];
  };
  for await (const chunk of stdin) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      take(chunk.subarray(start, end));
      await finish();
      start = end + 1;
    }
    take(chunk.subarray(start));
  }
  if (length > 0) await finish();
}
