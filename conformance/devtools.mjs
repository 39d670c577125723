// A headless Chromium over DevTools' pipe, for tests of pages: what a page says on its console, what it asks the network for.
import { spawn } from 'node:child_process';

export const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

/* `said` collects errors of pages, `requested` the URLs of what they load. */
export function browser(chromium, folder) {
  const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--remote-debugging-pipe', `--user-data-dir=${folder}/profile`];
  const child = spawn(chromium, [...flags, 'about:blank'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
  const [asked, said, requested] = [new Map(), [], []];
  let [id, text] = [0, ''];
  const hear = ({ method, params }) => {
    if (method === 'Runtime.exceptionThrown') said.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    else if (method === 'Log.entryAdded' && params.entry.level === 'error') said.push(params.entry.text);
    else if (method === 'Network.requestWillBeSent') requested.push(params.request.url);
  };
  child.stdio[4].on('data', (data) => {
    const parts = (text + data).split('\0');
    text = parts.pop();
    for (const message of parts.map((part) => JSON.parse(part))) {
      if (message.id) asked.get(message.id)(message);
      else hear(message);
    }
  });
  const call = (method, params = {}, sessionId = undefined) => new Promise((done, failed) => {
    id += 1;
    asked.set(id, ({ result, error }) => (error ? failed(new Error(`${method}: ${error.message}`)) : done(result)));
    child.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
  });
  return { child, call, said, requested };
}

/* A page of its own: `tell` calls DevTools, `evaluate` runs an expression in it. */
export async function openPage({ call }, domains) {
  const { targetId } = await call('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await call('Target.attachToTarget', { targetId, flatten: true });
  const tell = (method, params = {}) => call(method, params, sessionId);
  const evaluate = async (expression) => {
    const { result, exceptionDetails } = await tell('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true, userGesture: true });
    if (exceptionDetails) throw new Error(`${expression}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
    return result.value;
  };
  await Promise.all(domains.map((domain) => tell(`${domain}.enable`)));
  return { tell, evaluate };
}
