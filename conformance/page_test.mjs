// The page of `parley serve --page` in a headless Chromium, driven over DevTools' pipe: it verifies, chats, asks for evidence anew, and keeps a history
// under a passkey of a virtual authenticator with the PRF extension; what the storage swaps is refused.
//   node page_test.mjs CHROMIUM URL FOLDER
import { browser, openPage, pause } from './devtools.mjs';

const [, , chromium, url, folder] = process.argv;
const LIMIT = 20000; // milliseconds until something has to be there

// ---- the page

function controls({ tell, evaluate }) {
  const text = (id) => evaluate(`document.getElementById('${id}')?.innerText ?? ''`);
  const shows = async (id, wanted) => {
    for (const end = Date.now() + LIMIT; Date.now() < end; await pause(50)) if (wanted.test(await text(id))) return;
    throw new Error(`${id} does not show ${wanted}: ${await text(id)} (${await text('state')}; ${await text('history-state')})`);
  };
  const press = (id) => evaluate(`document.getElementById('${id}').click()`);
  const fill = (id, value) => evaluate(`document.getElementById('${id}').value = ${JSON.stringify(value)}`);
  return { tell, evaluate, text, shows, press, fill };
}

// ---- what is shown

async function chats({ press, fill, shows, text }, level, receipt) {
  await fill('level', level);
  if (receipt) await press('receipt');
  await press('connect');
  await shows('state', /^verified, epoch 0$/);
  await shows('evidence', /owner's statement, logged/);
  await fill('prompt', 'what is a lake?');
  await press('send');
  await shows('turns', /I am a script and repeat what I am told: what is a lake\?\n\d+ tokens/);
  if (receipt && !/a signed receipt, checked/.test(await text('turns'))) throw new Error('no receipt was checked');
}

async function keepsHistory({ press, shows, evaluate }) {
  await press('unlock');
  await shows('history-state', /^Unlocked\. State 1, generation 1;/);
  await press('save');
  await shows('history-state', /^Unlocked\. State 2, generation 1;/);
  await press('enrol');
  await shows('history-state', /^Unlocked\. State 3, generation 1;/);
  await press('rotate');
  await shows('history-state', /^Unlocked\. State 4, generation 2;/);
  await evaluate("document.querySelector('#items button').click()");
  await shows('items', /what is a lake\?/);
}

async function refusesASwap({ press, shows, evaluate }) { // an older state under the newest name
  await evaluate(`(() => {
    const heads = atob(localStorage.getItem('parley storage heads'));
    localStorage.setItem('parley storage heads', btoa(heads.slice(0, -108)));
  })()`);
  await press('unlock');
  await shows('history-state', /refused by HI-03[5-9]/);
}

async function main() {
  const host = browser(chromium, folder);
  try {
    const page = controls(await openPage(host, ['Page', 'Runtime', 'Log', 'WebAuthn']));
    await page.tell('WebAuthn.addVirtualAuthenticator', { options: {
      protocol: 'ctap2', ctap2Version: 'ctap2_1', transport: 'internal', hasResidentKey: true, hasUserVerification: true, hasPrf: true,
      automaticPresenceSimulation: true, isUserVerified: true,
    } });
    await page.tell('Page.navigate', { url });
    await page.shows('state', /not connected/);
    await chats(page, '2', true);
    await keepsHistory(page);
    await page.press('end');
    await page.shows('state', /disconnected/);
    await chats(page, '0', false);
    await refusesASwap(page);
    if (host.said.length > 0) throw new Error(`the page says: ${host.said.join('; ')}`);
    console.log('the page verified, chatted at levels 2 and 0, kept a history and refused an older one');
  } finally {
    host.child.kill();
  }
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
