// The page of `parley serve --page`: chat, what was verified, history. The protocol is the witnesses' own; here is what a browser has in place of
// Node's sockets and files.
import { Buffer } from './buffer.mjs';
import { randomBytes } from './node_crypto.mjs';
import { Chat } from '../parley1_chat.mjs';
import { History, PRF_INPUT, Storage } from '../parley1_history.mjs';
import { describeEvidence, wantsOf } from '../parley1_pack.mjs';

const at = (id) => document.getElementById(id);
const here = new URL(document.location.href);

function element(name, text, kind) {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

function says(text, kind = '') {
  at('state').textContent = text;
  at('state').className = kind;
}

// ---- what this browser keeps: names of a storage that is not trusted, and what the device remembers

const kept = (name) => {
  const text = localStorage.getItem(name);
  return text === null ? undefined : Buffer.from(text, 'base64');
};
const keep = (name, bytes) => localStorage.setItem(name, bytes.toString('base64'));
const STORAGE = 'parley storage ';
const DEVICE = 'parley device ';

const memoryOf = (read) => ({ floor: BigInt(read?.floor ?? 0), heads: (read?.heads ?? []).map(({ size, root }) => ({ size: BigInt(size), root: Buffer.from(root, 'hex') })) });
const rememberedLog = () => memoryOf(JSON.parse(localStorage.getItem(`${DEVICE}log`)));
function rememberLog({ floor, heads }) {
  localStorage.setItem(`${DEVICE}log`, JSON.stringify({ floor: String(floor), heads: heads.map(({ size, root }) => ({ size: String(size), root: root.toString('hex') })) }));
}

// ---- chat

let chat = null;
let answer = null;
const conversation = [];

function turn(kind, text) {
  const made = element('li', text, kind);
  at('turns').append(made);
  made.scrollIntoView();
  return made;
}

// The enclave takes a step when its epoch is 30 seconds old (P1-155), by its own clock.
let renewTimer;
function mayRenew(open) {
  clearTimeout(renewTimer);
  at('renew').disabled = true;
  if (open) renewTimer = setTimeout(() => { at('renew').disabled = false; }, 32000);
}

const enabled = (open) => {
  for (const id of ['prompt', 'send', 'end']) at(id).disabled = !open;
  mayRenew(open);
  at('connect').disabled = open;
  at('level').disabled = open;
};

function showEvidence(epoch, judged) {
  at('evidence-state').textContent = `Epoch ${epoch}: the evidence of this connection passed every check.`;
  at('evidence').replaceChildren(...describeEvidence(judged).flatMap(([what, value]) => [element('dt', what), element('dd', value)]));
  rememberLog(judged.memory);
  says(`verified, epoch ${epoch}`, 'good');
}

function showAnswer({ answer: bytes, error, receipt, output, finish }) {
  if (error) answer.replaceWith(element('li', `The enclave answers with error ${error}.`, 'answer'));
  else {
    answer.textContent = bytes.toString('utf8');
    const words = [`${output} tokens`, ...(finish === 3 ? ['cancelled'] : []), ...(receipt ? ["a signed receipt, checked against the machine's receipt key"] : [])];
    answer.append(element('small', words.join(', ')));
    conversation.push({ question: chat.question, answer: bytes.toString('utf8') });
  }
  at('cancel').disabled = true;
  at('save').disabled = !history.root || conversation.length === 0;
}

function refused(error) {
  says(error.site ? `refused by ${error.site} (${error.message}): nothing more is sent` : String(error), 'bad');
  if (at('cancel').disabled === false) answer.classList.add('cut');
  enabled(false);
}

async function connect() {
  says('connecting');
  const response = await fetch('/pack.json');
  const { wants, name, time } = wantsOf(Buffer.from(await response.arrayBuffer()));
  const started = performance.now();
  const elapsed = () => (performance.now() - started) / 1000;
  const socket = new WebSocket(`ws://${here.host}/parley/1`, 'parley.1');
  socket.binaryType = 'arraybuffer';
  chat = new Chat({
    name, wants, memory: rememberedLog(), level: Number(at('level').value), token: Buffer.alloc(0), random: randomBytes,
    now: () => time + BigInt(Math.floor(elapsed())), clock: elapsed, receipt: at('receipt').checked, remembers: true,
    send: (bytes) => socket.send(bytes),
    on: {
      verified: showEvidence, answered: showAnswer,
      chunk: (bytes) => { answer.textContent += bytes.toString('utf8'); },
      refused: (error) => {
        refused(error);
        socket.close();
      },
      ready: () => enabled(true),
    },
  });
  socket.onopen = () => chat.begin();
  socket.onmessage = ({ data }) => chat.take(typeof data === 'string' ? Buffer.alloc(0) : Buffer.from(data)); // a text counts as one without bytes
  socket.onclose = () => {
    if (chat.ended) return;
    chat.stop();
    says('the server closed the connection', 'bad');
    if (!at('cancel').disabled) answer.classList.add('cut');
    enabled(false);
  };
  at('end').onclick = () => {
    chat.stop();
    socket.close(1000);
    says('disconnected');
    enabled(false);
  };
}

at('connect').onclick = () => connect().catch(refused);
at('renew').onclick = () => chat.renew();
at('cancel').onclick = () => chat.cancel();
at('ask').onsubmit = (event) => {
  event.preventDefault();
  const text = at('prompt').value.trim();
  if (text === '' || chat.session.turn) return;
  at('prompt').value = '';
  turn('user', text);
  answer = turn('answer', '');
  at('cancel').disabled = false;
  chat.ask(text);
};

// ---- history

const known = () => {
  const read = JSON.parse(localStorage.getItem(`${DEVICE}history`));
  return read ? { v: BigInt(read.v), generation: read.generation, digest: Buffer.from(read.digest, 'hex') } : undefined;
};
const history = new History({
  storage: new Storage({ get: (name) => kept(STORAGE + name), set: (name, bytes) => keep(STORAGE + name, bytes) }),
  known: known(), random: randomBytes,
  remembers: ({ v, generation, digest }) => localStorage.setItem(`${DEVICE}history`, JSON.stringify({ v: String(v), generation, digest: digest.toString('hex') })),
});

const CREDENTIAL = `${DEVICE}credential`;

async function newPasskey(name) {
  const made = await navigator.credentials.create({ publicKey: {
    rp: { id: here.hostname, name: 'Parley' }, user: { id: randomBytes(16), name, displayName: name }, challenge: randomBytes(32),
    pubKeyCredParams: [{ type: 'public-key', alg: -7 }, { type: 'public-key', alg: -257 }],
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' }, extensions: { prf: {} },
  } });
  if (!made.getClientExtensionResults().prf?.enabled) throw new Error('this authenticator has no PRF extension');
  return Buffer.from(made.rawId);
}

/** The passkey of this page, made where there is none: its id. */
async function passkey() {
  if (!kept(CREDENTIAL)) keep(CREDENTIAL, await newPasskey('history'));
  return kept(CREDENTIAL);
}

async function outputOf(id) { // of its PRF
  const got = await navigator.credentials.get({ publicKey: {
    challenge: randomBytes(32), rpId: here.hostname, userVerification: 'required', allowCredentials: [{ type: 'public-key', id }],
    extensions: { prf: { eval: { first: PRF_INPUT } } },
  } });
  const first = got.getClientExtensionResults().prf?.results?.first;
  if (!first) throw new Error('the authenticator gave no PRF output');
  return Buffer.from(first);
}

async function unlock() {
  const id = await passkey();
  history.unlock(await outputOf(id), id);
  showHistory();
}

async function enrol() {
  const id = await newPasskey('history, another passkey');
  history.enrols(await outputOf(id), id);
  showHistory();
}

async function rotate() {
  const id = await passkey();
  history.rotates([[await outputOf(id), id]]);
  showHistory();
}

function showHistory() {
  at('history-state').textContent = `Unlocked. State ${history.v}, generation ${history.generation}; compare its head code with your other devices: ${history.code}`;
  at('save').disabled = conversation.length === 0;
  for (const button of ['enrol', 'rotate']) at(button).disabled = false;
  at('items').replaceChildren(...history.items.map((id) => {
    const row = element('li', '');
    const open = element('button', id);
    open.onclick = () => showItem(id, row);
    row.append(open);
    return row;
  }));
}

function lockedBecause(error) {
  const why = error.site ? `The storage is refused by ${error.site} (${error.message}).` : `Locked: ${error.message}`;
  const address = here.hostname === 'localhost' ? '' : ` Passkeys need a host name: open http://localhost:${here.port}/`;
  at('history-state').textContent = why + address;
}

function showItem(id, row) {
  try {
    row.append(element('pre', JSON.parse(history.read(id)).map((each) => `> ${each.question}\n${each.answer}`).join('\n')));
  } catch (error) {
    lockedBecause(error);
  }
}

at('unlock').onclick = () => unlock().catch(lockedBecause);
at('enrol').onclick = () => enrol().catch(lockedBecause);
at('rotate').onclick = () => rotate().catch(lockedBecause);
at('save').onclick = () => {
  try {
    history.save(new Date().toISOString(), JSON.stringify(conversation));
    showHistory();
  } catch (error) {
    lockedBecause(error);
  }
};
