// Pages that are files, in a headless Chromium: wide and narrow, light and dark, by keyboard alone and on paper. No request, no console error, nothing
// wider than the window; the same picture twice, another one in the dark.
//   node pages_test.mjs CHROMIUM FOLDER PAGE...
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { browser, openPage, pause } from './devtools.mjs';

const [, , chromium, folder, ...pages] = process.argv;
const MOST_BYTES = 4 << 20;
const WIDTHS = [1280, 420];
const SCHEMES = ['light', 'dark'];
const TABS = 40;

const must = (holds, what) => { if (!holds) throw new Error(what); };

// ---- how it looks

async function show({ tell, evaluate }, url, width, scheme, media = 'screen') {
  await tell('Emulation.setDeviceMetricsOverride', { width, height: 900, deviceScaleFactor: 1, mobile: false });
  await tell('Emulation.setEmulatedMedia', { media, features: [{ name: 'prefers-color-scheme', value: scheme }, { name: 'prefers-reduced-motion', value: 'reduce' }] });
  await tell('Page.navigate', { url });
  for (let k = 0; k < 400 && (await evaluate("document.readyState + location.href.slice(0, 5)")) !== 'completefile:'; k += 1) await pause(25);
  await evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
}

const picture = async ({ tell }) => (await tell('Page.captureScreenshot', { format: 'png' })).data;

/* The widest thing that does not scroll by itself, if it is wider than the window. */
const overflow = ({ evaluate }) => evaluate(`(() => {
  const over = document.documentElement.scrollWidth - innerWidth;
  if (over <= 0) return '';
  const all = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1);
  return over + ' pixels too wide: ' + all.slice(0, 3).map((e) => e.tagName + '.' + e.className + ' ' + (e.textContent ?? '').trim().slice(0, 40)).join(' | ');
})()`);

async function looks(page, url, name) {
  const pictures = new Map();
  for (const width of WIDTHS)
    for (const scheme of SCHEMES) {
      await show(page, url, width, scheme);
      const [first, second] = [await picture(page), await picture(page)];
      writeFileSync(`${folder}/${name}-${width}-${scheme}.png`, Buffer.from(first, 'base64'));
      must(first === second, `at ${width} pixels, ${scheme}: two pictures of it differ`);
      const wide = await overflow(page);
      must(wide === '', `at ${width} pixels, ${scheme}: ${wide}`);
      pictures.set(`${width} ${scheme}`, first);
    }
  must(new Set(pictures.values()).size === pictures.size, 'light and dark, or wide and narrow, look the same');
}

// ---- by keyboard

const press = async ({ tell }, key, code, text) => {
  await tell('Input.dispatchKeyEvent', { type: 'keyDown', key, code: key, windowsVirtualKeyCode: code, text });
  await tell('Input.dispatchKeyEvent', { type: 'keyUp', key, code: key, windowsVirtualKeyCode: code });
};

/* What has the focus, and whether one sees that it has. */
const focused = ({ evaluate }) => evaluate(`(() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  if (!e.dataset.visited) e.dataset.visited = String(document.querySelectorAll('[data-visited]').length + 1);
  const s = getComputedStyle(e), r = e.getBoundingClientRect();
  const shown = (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none' || s.borderColor !== '';
  return { n: Number(e.dataset.visited), tag: e.tagName, shown, inView: r.bottom > 0 && r.top < innerHeight, text: (e.textContent || e.value || e.placeholder || '').trim().slice(0, 40) };
})()`);

const reachable = ({ evaluate }) => evaluate(`[...document.querySelectorAll('a[href], button, input, select, summary, [tabindex="0"]')]
  .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.disabled && e.tabIndex >= 0).length`);

async function takesKeys(page, url) {
  await show(page, url, 1280, 'light');
  const [seen, there] = [new Set(), await reachable(page)];
  let toggled = false;
  for (let k = 0; k < TABS && k < there; k += 1) {
    await press(page, 'Tab', 9);
    const at = await focused(page);
    if (!at) break;
    must(at.shown, `${at.tag} "${at.text}" has the focus, and one does not see it`);
    must(at.inView, `${at.tag} "${at.text}" has the focus outside of the window`);
    seen.add(at.n);
    if (at.tag === 'SUMMARY' && !toggled) {
      const open = await page.evaluate('document.activeElement.parentElement.open');
      await press(page, 'Enter', 13, '\r');
      toggled = (await page.evaluate('document.activeElement.parentElement.open')) !== open;
      must(toggled, `${at.text}: Enter does not open or close it`);
      await press(page, 'Enter', 13, '\r');
    }
  }
  must(seen.size >= Math.min(there, TABS) - 1, `Tab reaches ${seen.size} of ${there} things`);
  must(toggled || !(await page.evaluate("document.querySelector('summary') !== null")) || there > TABS, 'nothing can be opened by keys');
  return seen.size;
}

// ---- on paper

async function prints(page, url) {
  await show(page, url, 1280, 'light', 'print');
  const back = await page.evaluate('getComputedStyle(document.body).backgroundColor');
  must(/^rgba?\((255, 255, 255|0, 0, 0, 0)/.test(back), `its paper is ${back}`);
  const { data } = await page.tell('Page.printToPDF', { pageRanges: '1' });
  must(Buffer.from(data, 'base64').subarray(0, 5).toString() === '%PDF-', 'it does not print');
}

async function judge(host, path) {
  const name = basename(path).replace(/\W/g, '-');
  const url = pathToFileURL(path).href;
  const size = statSync(path).size;
  must(size <= MOST_BYTES, `${size} bytes`);
  must(!/(?:src|href)\s*=\s*["']?https?:/i.test(readFileSync(path, 'utf8').replace(/<a [^>]*>/g, '')), 'it would load something');
  const page = await openPage(host, ['Page', 'Runtime', 'Log', 'Network']);
  host.requested.length = 0;
  await looks(page, url, name);
  const paint = await page.evaluate("Math.round(performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1)");
  const keys = await takesKeys(page, url);
  await prints(page, url);
  const foreign = host.requested.filter((asked) => asked !== url && !asked.startsWith('data:') && !asked.startsWith('blob:') && asked.split('#')[0] !== url);
  must(foreign.length === 0, `it asks for ${foreign[0]}`);
  must(host.said.length === 0, `it says: ${host.said[0]}`);
  console.log(`ok      ${basename(path)}: ${size} bytes, first paint after ${paint} ms, ${keys} things by keyboard`);
}

async function main() {
  const host = browser(chromium, folder);
  try {
    for (const path of pages)
      await judge(host, path).catch((error) => {
        console.log(`FAILED  ${basename(path)}: ${error.message}`);
        process.exitCode = 1;
        host.said.length = 0;
      });
  } finally {
    host.child.kill();
  }
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
