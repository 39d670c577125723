// JSON strictly (RFC 8259): one value with nothing behind it, no name twice in an object, bounded depth; an integer is one that is written so.
const DEPTH = 32; // containers inside one another
const MEMBERS = 128; // of one object
const NUMBER = /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SPACE = /[ \t\n\r]*/y;

export class Malformed extends Error {}

/** Bytes of JSON as a value: objects are Maps, numbers are BigInt where they are integers as they stand. Some forms have texts without escapes. */
export function readJson(bytes, { escapes = true } = {}) {
  const text = bytes.toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(bytes) || text.startsWith('\ufeff')) throw new Malformed('not UTF-8');
  let at = 0;
  const match = (pattern) => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at += found[0].length;
    return found?.[0];
  };
  const skip = () => match(SPACE);
  const takes = (mark) => {
    skip();
    if (!text.startsWith(mark, at)) return false;
    at += mark.length;
    return true;
  };
  const need = (holds) => {
    if (!holds) throw new Malformed(`at ${at}`);
    return holds;
  };
  const string = () => {
    const value = JSON.parse(need(match(STRING)));
    need(value.isWellFormed?.() ?? !/[\ud800-\udfff]/u.test(value));
    return value;
  };

  const plain = (read) => {
    const from = at;
    const value = read();
    need(escapes || !text.slice(from, at).includes('\\'));
    return value;
  };

  function value(depth) {
    if (takes('{')) return object(depth + 1);
    if (takes('[')) return array(depth + 1);
    for (const [word, means] of [['true', true], ['false', false], ['null', null]]) if (takes(word)) return means;
    if (text[at] === '"') return plain(string);
    const number = need(match(NUMBER));
    return /^-?[0-9]+$/.test(number) ? BigInt(number) : Number(number);
  }

  function object(depth) {
    need(depth <= DEPTH);
    const members = new Map();
    if (takes('}')) return members;
    do {
      skip();
      const name = string();
      need(!members.has(name) && takes(':'));
      members.set(name, value(depth));
      need(members.size <= MEMBERS);
    } while (takes(','));
    need(takes('}'));
    return members;
  }

  function array(depth) {
    need(depth <= DEPTH);
    const items = [];
    if (takes(']')) return items;
    do items.push(value(depth));
    while (takes(','));
    need(takes(']'));
    return items;
  }

  const read = value(0);
  skip();
  need(at === text.length);
  return read;
}
