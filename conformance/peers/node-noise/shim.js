'use strict';
// The library door: one flat JSON object a line on stdin, one answer a line on stdout.
// This file is the door (lines, fields, dispatch); noise.js is what stands behind it.

const MAX_LINE = 1 << 20;

// What the runner got wrong, as against what a peer sent.
class Mistake extends Error {}

// Reads one field after another of a flat request.
class Request {
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
    return new Uint8Array(Buffer.from(value, 'hex'));
  }
  optional(name) { return this.has(name) ? this.bytes(name) : null; }
}

const hex = (bytes) => Buffer.from(bytes).toString('hex');

function parse(line) {
  let fields;
  try { fields = JSON.parse(line); } catch { throw new Mistake('the line is not JSON'); }
  if (fields === null || typeof fields !== 'object' || Array.isArray(fields)) throw new Mistake('the line is not one JSON object');
  return fields;
}

function flat(fields) {
  for (const [name, value] of Object.entries(fields)) {
    if (value !== null && typeof value === 'object') throw new Mistake(`field ${name} is nested`);
  }
  return new Request(fields);
}

// Sends every field back, hex judged as everywhere else.
function echo(request) {
  const answer = { ok: 1 };
  for (const [name, value] of Object.entries(request.fields)) {
    if (name !== 'id' && name !== 'op') answer[name] = typeof value === 'string' ? hex(request.bytes(name)) : value;
  }
  return answer;
}

async function respond(operations, line) {
  let id = 0;
  try {
    const fields = parse(line);
    if (Number.isSafeInteger(fields.id)) id = fields.id;
    const request = flat(fields);
    request.number('id');
    const op = request.text('op');
    return { id, ...(operations.has(op) ? await operations.get(op)(request) : { uns: op }) };
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    return { id, bug: error.message };
  }
}

// Serves stdin until it ends, one question after another; an operation may take its time (a promise). A line longer than the door allows is read to its end and reported, not kept.
function serve(operations, { stdin, stdout } = process) {
  let parts = [];
  let length = 0;
  let before = Promise.resolve();
  const answer = async (reply) => { stdout.write(`${JSON.stringify(await reply())}\n`); };
  const take = (piece) => {
    length += piece.length;
    if (length <= MAX_LINE) parts.push(piece); else parts = [];
  };
  const finish = () => {
    const tooLong = length > MAX_LINE;
    const line = Buffer.concat(parts).toString('utf8');
    parts = [];
    length = 0;
    before = before.then(() => answer(() => (tooLong ? { id: 0, bug: 'the line is longer than 1 MiB' } : respond(operations, line))));
  };
  stdout.on('error', () => process.exit(0)); // the runner has gone
  stdin.on('data', (chunk) => {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      take(chunk.subarray(start, end));
      finish();
      start = end + 1;
    }
    take(chunk.subarray(start));
  });
  stdin.on('end', () => { if (length > 0) finish(); });
}

module.exports = { Mistake, echo, hex, serve };
