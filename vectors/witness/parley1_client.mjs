// A client of profile parley1 over a real WebSocket, for Node without any package: parley1_session.mjs carried out.
//   node parley1_client.mjs ws://HOST:PORT/parley/1 --pack DIR --say TEXT [--say TEXT ...]
// --name NAME is what is dialled (the pack's); --padding 0|2|3; --token TEXT; --receipt asks for signed receipts and checks them; --save FILE writes
// the last one for `parley verify receipt`, --frank FILE what shows the last answer to a moderator, for `parley verify franking`; --requests N asks N
// times in all, the last prompt again and again, in one conversation or, with --fresh, each alone; --max-tokens N; --quiet prints answers alone.
// --ctl HOST:PORT is a hook for the suite: POST /clock there sets the client's clock.
// Exit status: 0 every question has its whole answer, 10 the peer was refused (the last line says why, {"rej":REASON}), 64 usage, 69 nobody answers.
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { isName } from './parley1_keys.mjs';
import { describeEvidence, wantsOf } from './parley1_pack.mjs';
import { Chat } from './parley1_chat.mjs';
import { dial } from './websocket.mjs';

const OPTIONS = {
  pack: { type: 'string' }, name: { type: 'string' }, say: { type: 'string', multiple: true }, padding: { type: 'string', default: '0' },
  token: { type: 'string', default: '' }, receipt: { type: 'boolean' }, requests: { type: 'string' }, fresh: { type: 'boolean' },
  save: { type: 'string' }, frank: { type: 'string' }, 'max-tokens': { type: 'string', default: '0' }, ctl: { type: 'string' }, quiet: { type: 'boolean' },
};
const [FINISHED, REFUSED, USAGE, UNREACHABLE] = [0, 10, 64, 69];

function reasonOf(site) { // the word that the sentence states
  const spec = new URL('../../spec/', import.meta.url);
  const pages = ['profiles/parley1', 'wire', 'noise', 'attestation', 'translog', 'inference'].flatMap((chapter) =>
    readdirSync(new URL(`${chapter}/`, spec)).filter((name) => name.endsWith('.md')).map((name) => readFileSync(new URL(`${chapter}/${name}`, spec), 'utf8')));
  return new RegExp(`^- \\*\\*${site}\\*\\* \\(([^)]*)\\)`, 'm').exec(pages.join('\n'))?.[1].split(', ')[3] ?? 'state';
}

const safe = (text) => text.replace(/[^\P{C}\n]/gu, '\ufffd');
const usage = (fault) => {
  console.error(`parley1_client.mjs: ${fault}`);
  process.exit(USAGE);
};

function settings() {
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  if (positionals.length !== 1 || !values.pack || !values.say) usage('takes one URL, --pack DIR and --say TEXT');
  const { wants, name, time } = wantsOf(readFileSync(`${values.pack}/pack.json`));
  const dialled = values.name ?? name;
  if (!isName(dialled)) usage(`'${safe(dialled)}' is no host name; an address is never one`);
  const count = Number(values.requests ?? values.say.length);
  const questions = Array.from({ length: count }, (_, i) => values.say[i] ?? values.say.at(-1));
  return { ...values, url: positionals[0], wants, name: dialled, time, questions, level: Number(values.padding) };
}

// What can be shown later, and how to check it.
function shows({ save, frank }, { receipt, com, frank: franked, asked }, said) {
  const [signer, statement] = [receipt.key, receipt.statement].map((bytes) => bytes.toString('hex'));
  const [bytes, opening, signature] = [receipt.receipt, receipt.opening, receipt.signature].map((part) => part.toString('hex'));
  if (save) {
    writeFileSync(save, `${JSON.stringify({ format: 'parley receipt 1', receipt: bytes, opening, signature })}\n`);
    said(`receipt: parley verify receipt ${save} --signer ${signer} --statement ${statement} --com ${com.toString('hex')}`);
  }
  if (frank) {
    writeFileSync(frank, franked([asked + 1])); // the answer alone
    said(`frank: parley verify franking ${frank} --signer ${signer} --statement ${statement}`);
  }
}

// The seconds since it began; the hook, if there is one, sets them anew.
function clockFrom(time) {
  let [began, from] = [performance.now(), 0];
  const passed = () => from + (performance.now() - began) / 1000;
  const set = (instant) => ([began, from] = [performance.now(), Number(BigInt(instant) - time)]);
  return { passed, set };
}

function listensForClock(address, clock, ready) {
  if (!address) return ready();
  const [host, port] = address.split(':');
  const hook = createServer((request, response) => {
    let body = '';
    request.on('data', (piece) => (body += piece)).on('end', () => {
      clock.set(Math.floor(Date.parse(body) / 1000));
      response.end('OK');
    });
  });
  hook.listen(Number(port), host, ready).unref();
  return undefined;
}

function main() {
  const given = settings();
  const said = given.quiet ? () => {} : console.log;
  const clock = clockFrom(given.time);
  const seconds = () => Math.floor(clock.passed());
  let [code, socket, failed] = [UNREACHABLE, null, false];
  const chat = new Chat({
    name: given.name, wants: given.wants, memory: { floor: 0n, heads: [] }, level: given.level, token: Buffer.from(given.token),
    now: () => given.time + BigInt(seconds()), clock: clock.passed, random: randomBytes,
    receipt: Boolean(given.receipt || given.save || given.frank),
    parameters: { maxTokens: Number(given['max-tokens']) }, remembers: !given.fresh,
    send: (bytes) => socket.send(bytes),
    on: {
      verified: (epoch, judged) => said(`The enclave's evidence in epoch ${epoch}, before anything was sent:\n${describeEvidence(judged).map(([what, value]) => `  ok  ${what}: ${value}`).join('\n')}`),
      answered: (result) => {
        const { answer, error, receipt } = result;
        failed ||= Boolean(error);
        console.log(error ? `error ${error}` : safe(answer.toString('utf8')));
        if (receipt) said(`  with a receipt of ${receipt.receipt.length} bytes; not compared: ${receipt.notCompared || 'nothing'}`);
        if (receipt) shows(given, result, said);
      },
      finished: () => {
        code = failed ? REFUSED : FINISHED;
        socket.close(1000);
      },
      refused: (error) => {
        code = REFUSED;
        console.error(`refused the peer by ${error.site}`);
        console.log(JSON.stringify({ rej: reasonOf(error.site) }));
        socket.close(1002);
      },
    },
  });
  for (const question of given.questions) chat.ask(question);
  const dials = () => (socket = dial(given.url, 'parley.1', {
    open: () => chat.begin(),
    message: (bytes) => chat.take(bytes),
    closed: (status, why, site) => {
      chat.stop();
      if (code === UNREACHABLE && site) {
        code = REFUSED;
        console.error(`refused the peer by ${site}`);
        console.log(JSON.stringify({ rej: reasonOf(site) }));
      } else if (code === UNREACHABLE && chat.began) {
        code = REFUSED;
        console.error(`the server went away (${status}) before every answer was whole`);
        console.log('{"rej":"truncated"}');
      } else if (code === UNREACHABLE) console.error(`nobody answers: ${why}`);
      process.exitCode = code;
    },
  }));
  listensForClock(given.ctl, clock, dials);
}

main();
