// A client of RFC 6455 on Node's sockets, no more than the clients here need: ws:// alone, binary messages, no extensions.
import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { be, join } from './bytes.mjs';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const [CONTINUED, TEXT, BINARY, CLOSE, PING, PONG] = [0, 1, 2, 8, 9, 10];
const MESSAGE_MAX = 65535;
const HEAD_MAX = 16384;

/** Answers { send(bytes), close(code) }. on: { open, message(bytes), closed(code, why, site) }; `closed` is called once, with the sentence that
 * the peer's frame broke, if it was that. */
export function dial(url, protocol, on) {
  const { hostname, port, pathname, search, host } = new URL(url);
  const key = randomBytes(16).toString('base64');
  const socket = connect(Number(port || 80), hostname.replace(/^\[|\]$/g, ''));
  const state = { bytes: Buffer.alloc(0), open: false, done: false, begun: false, parts: [], length: 0 };
  const ends = (code, why) => {
    if (state.done) return;
    state.done = true;
    socket.destroy();
    on.closed(code, why);
  };
  const refuses = (site) => {
    const code = site === 'WI-054' || site === 'WI-057' ? 1007 : 1002;
    write(CLOSE, be(code, 2));
    state.done = true;
    socket.end();
    setTimeout(() => socket.destroy(), 500).unref();
    on.closed(code, 'its frames break RFC 6455', site);
  };
  const write = (opcode, payload) => {
    if (!state.done) socket.write(frame(opcode, payload));
  };
  socket.on('connect', () => socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n`
    + `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: ${protocol}\r\n\r\n`));
  socket.on('data', (data) => {
    state.bytes = join(state.bytes, data);
    if (!state.open) {
      const head = takesHead(state);
      if (head === undefined) return;
      const fault = faultOf(head, key, protocol);
      if (fault) return void ends(1006, fault);
      state.open = true;
      on.open();
    }
    while (!state.done && takesFrame(state, on, write, ends, refuses));
  });
  socket.on('error', (error) => ends(1006, error.code));
  socket.on('close', () => ends(1006, 'the connection ended'));
  return {
    send: (bytes) => write(BINARY, bytes),
    close: (code) => {
      write(CLOSE, be(code, 2));
      setTimeout(() => ends(code, 'we closed'), 500).unref();
    },
  };
}

// The head of the answer, interim ones passed over (WI-033); '' when it has no end where it has to; undefined while it has not come.
function takesHead(state) {
  for (;;) {
    const end = state.bytes.subarray(0, HEAD_MAX).indexOf('\r\n\r\n');
    if (end < 0) return state.bytes.length < HEAD_MAX ? undefined : '';
    const head = state.bytes.subarray(0, end).toString('latin1');
    state.bytes = state.bytes.subarray(end + 4);
    if (!/^HTTP\/1\.1 1(?!01)\d\d( |\r|$)/.test(head)) return head;
  }
}

// Chapter wire, the client's side.
function faultOf(head, key, protocol) {
  const [status, ...lines] = head.split('\r\n');
  if (/[\0\r\n]/.test([status, ...lines].join('')) || !lines.every((line) => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*$/.test(line))) return 'its head is malformed';
  const fields = lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]);
  const values = (name) => fields.filter(([field]) => field === name).map(([, value]) => value);
  const accept = createHash('sha1').update(key + GUID).digest('base64');
  if (!/^HTTP\/1\.1 101( |$)/.test(status)) return `it answers ${status.slice(0, 60).replace(/[^ -~]/g, '?')}`;
  if (values('upgrade').join().toLowerCase() !== 'websocket' || !/(^|,)\s*upgrade\s*(,|$)/i.test(values('connection').join())) return 'it does not upgrade';
  if (values('sec-websocket-accept').join() !== accept) return 'it accepts another key';
  if (values('sec-websocket-extensions').length > 0) return 'it chooses an extension';
  const chosen = values('sec-websocket-protocol');
  return chosen.join() !== protocol ? `it does not choose the subprotocol ${protocol}` : undefined;
}

function frame(opcode, payload) {
  const mask = randomBytes(4);
  const length = payload.length < 126 ? be(0x80 | payload.length, 1) : join(be(0xfe, 1), be(payload.length, 2));
  return join(be(0x80 | opcode, 1), length, mask, Buffer.from(payload.map((byte, i) => byte ^ mask[i & 3])));
}

// Chapter wire, Frames: the sentence that a head breaks.
function brokenBy(first, second, length, begun) {
  const [opcode, last, short] = [first & 15, (first & 0x80) !== 0, second & 127];
  const control = opcode >= CLOSE;
  if ((second & 0x80) !== 0) return 'WI-043';
  if ((first & 0x70) !== 0) return 'WI-046';
  if (![CONTINUED, TEXT, BINARY, CLOSE, PING, PONG].includes(opcode)) return 'WI-047';
  if ((short === 126 && length < 126) || (short === 127 && length < 65536)) return 'WI-048';
  if (length >= 2 ** 63) return 'WI-049';
  if (control && length > 125) return 'WI-050';
  if (control && !last) return 'WI-051';
  if (!control && opcode !== CONTINUED && begun) return 'WI-052';
  return opcode === CONTINUED && !begun ? 'WI-053' : undefined;
}

const isUtf8 = (bytes) => {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
};

function closeBrokenBy(payload) {
  if (payload.length === 0) return undefined;
  if (payload.length === 1) return 'WI-055';
  const code = payload.readUInt16BE(0);
  if (!((code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999))) return 'WI-056';
  return isUtf8(payload.subarray(2)) ? undefined : 'WI-057';
}

function takesFrame(state, on, write, ends, refuses) { // false: there is not a whole one
  const { bytes } = state;
  if (bytes.length < 2) return false;
  const [first, second] = bytes;
  const [opcode, short, masked] = [first & 15, second & 127, (second & 0x80) !== 0];
  const head = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (!masked && bytes.length < head) return false;
  const length = masked || short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const site = brokenBy(first, second, length, state.begun);
  if (site) return void refuses(site);
  if (state.length + length > MESSAGE_MAX) return void ends(1009, 'a message that is too long');
  if (bytes.length < head + length) return false;
  const payload = bytes.subarray(head, head + length);
  state.bytes = bytes.subarray(head + length);
  if (opcode === PING) write(PONG, payload);
  else if (opcode === CLOSE) takesClose(payload, write, ends, refuses);
  else if (opcode !== PONG) takesPart(state, on, opcode, payload, (first & 0x80) !== 0, refuses);
  return true;
}

function takesClose(payload, write, ends, refuses) {
  const site = closeBrokenBy(payload);
  if (site) return refuses(site);
  write(CLOSE, payload.subarray(0, 2));
  return ends(payload.length >= 2 ? payload.readUInt16BE(0) : 1005, 'it closed');
}

function takesPart(state, on, opcode, payload, last, refuses) { // a text counts as a message without bytes
  if (opcode !== CONTINUED) state.text = opcode === TEXT;
  state.parts.push(payload);
  state.length += payload.length;
  state.begun = !last;
  if (!last) return;
  const message = join(...state.parts);
  Object.assign(state, { parts: [], length: 0 });
  if (state.text && !isUtf8(message)) refuses('WI-054');
  else on.message(state.text ? Buffer.alloc(0) : message);
}
