// Makes what is committed beside it, and answers whether what is there is what it makes.
//   node make.mjs noble FOLDER     noble.mjs, from a folder where what conformance/peers/page-noble pins is installed
//   node make.mjs page             page.html, from the modules of this tree
//   node make.mjs run FILE         a witness of this tree over noble instead of Node's crypto, as one script, to FILE
//   node make.mjs check-noble FOLDER, check-page      the same and compares; exit 1 where it differs
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { link } from './link.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const WITNESSES = dirname(HERE);
const read = (path) => readFileSync(path, 'utf8');

// ---- noble.mjs

const PACKAGES = ['ciphers', 'curves', 'hashes', 'post-quantum'];

function noble(folder) {
  const packages = join(folder, 'node_modules');
  const bare = (specifier) => {
    const [scope, name, ...path] = specifier.split('/');
    return join(packages, scope, name, 'esm', `${path.join('/').replace(/\.js$/, '')}.js`);
  };
  const resolve = (specifier, from) => (specifier.startsWith('.') ? join(dirname(from), specifier)
    : specifier.startsWith('@noble/') ? bare(specifier) : join(HERE, specifier));
  const nameOf = (path) => path.replace(/^.*node_modules\//, '').replace(`${HERE}/`, '');
  const { text, ids } = link(['noble_entry.mjs'], resolve, HERE, nameOf);
  const licences = PACKAGES.map((name) => {
    const { version } = JSON.parse(read(join(packages, '@noble', name, 'package.json')));
    return `@noble/${name} ${version}\n${'-'.repeat(72)}\n${read(join(packages, '@noble', name, 'LICENSE')).trim()}\n`;
  });
  const names = read(join(HERE, 'noble_entry.mjs')).match(/\{[^}]*\}/g).flatMap((list) => list.slice(1, -1).split(',').map((name) => name.trim()));
  return `/* Made by make.mjs from the packages that package-lock.json pins; not edited by hand. Their comments are left out, their licences are:\n\n`
    + `${licences.join('\n').replaceAll('*/', '* /')}*/\n${text}\nexport const { ${names.join(', ')} } = ${ids[0]};\n`;
}

// ---- modules of this tree, over noble

const SWAPPED = { 'node:crypto': join(HERE, 'node_crypto.mjs'), './mlkem.mjs': join(HERE, 'noble_mlkem.mjs') };

function ours(entry) {
  const resolve = (specifier, from) => SWAPPED[specifier]
    ?? (specifier.startsWith('node:') ? { builtin: specifier } : join(dirname(from), specifier));
  return link(['./page/buffer.mjs', entry], resolve, WITNESSES);
}

function script(entry) {
  const { text, builtins } = ours(entry);
  const imports = [...builtins].map(([name, id]) => `import * as ${id} from '${name}';\n`).join('');
  return `${imports}${useBuffer(text)}\n`;
}

// The first module brings Buffer; the others find it as a name.
const useBuffer = (text) => text.replace(/^const module_1\b/m, () => 'const { Buffer } = module_0;\nconst module_1');

// ---- the page

function page() {
  const template = read(join(HERE, 'template.html'));
  const licences = /^\/\*[\s\S]*?\*\//.exec(read(join(HERE, 'noble.mjs')))[0];
  const { text, builtins } = ours('./page/page.mjs');
  if (builtins.size > 0) throw new Error(`the page needs ${[...builtins.keys()]}`);
  const code = `${licences}\n${useBuffer(text)}`.replaceAll('</script', '<\\/script');
  const inside = `\n${code}\n`;
  const digest = createHash('sha256').update(inside).digest('base64');
  return template.replace("'the digest'", `'sha256-${digest}'`).replace('\n/* the script */\n', () => inside);
}

// ---- the program

const [, , what, where] = process.argv;
const MAKES = { noble: ['noble.mjs', () => noble(where)], page: ['page.html', page] };

function main() {
  if (what === 'run') return writeFileSync(where, script('./parley1.mjs').replaceAll("'../../spec/', import.meta.url", () => `'${new URL('../../../spec/', import.meta.url)}'`));
  const checks = what?.startsWith('check-');
  const [name, make] = MAKES[what?.replace('check-', '')] ?? [];
  if (!make) {
    console.error('usage: node make.mjs noble FOLDER | page | run FILE | check-noble FOLDER | check-page');
    process.exitCode = 64;
    return undefined;
  }
  const [path, made] = [join(HERE, name), make()];
  if (!checks) return writeFileSync(path, made);
  const same = existsSync(path) && read(path) === made;
  console.log(same ? `${name} is what its sources make` : `${name} is not what its sources make: node vectors/witness/page/make.mjs ${what.replace('check-', '')}`);
  process.exitCode = same ? 0 : 1;
  return undefined;
}

main();
