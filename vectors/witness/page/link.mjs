// Links ES modules into one text, without any bundler: each module becomes a function that is called once, its imports before it. It understands
// the forms of import and export that our modules and the noble libraries have, and refuses any other.
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const IMPORT = /^import\s+(?:(\w+)|\*\s+as\s+(\w+)|\{([^}]*)\})\s+from\s+['"]([^'"]+)['"];?[^\n]*$/gm;
const EXPORT_FROM = /^export\s+\{([^}]*)\}\s+from\s+['"]([^'"]+)['"];?[^\n]*$/gm;
const EXPORT_LIST = /^export\s+\{([^}]*)\};?[^\n]*$/gm;
const EXPORT_DECLARED = /^export\s+((?:async\s+)?(?:const|let|function\*?|class)\s+(\w+))/gm;
const EXPORT_DEFAULT = /^export\s+default\s+(\w+);?$/gm;
const EXPORT_DESTRUCTURED = /^export\s+(const\s+\{([^}]*)\}\s*=)/gm;

const namesOf = (list) => list.split(',').map((name) => name.trim()).filter((name) => name !== '').map((name) => name.split(/\s+as\s+/));

// Comments that stand on lines of their own; licences are given whole elsewhere.
const withoutComments = (text) => text.replace(/^[ \t]*\/\*(?:(?!\*\/)[\s\S])*\*\/[ \t]*\n/gm, '').replace(/^[ \t]*\/\/.*\n/gm, '').replace(/\n{2,}/g, '\n');

/** resolve(specifier, from) answers a file's path; or { builtin } for what is left to the host. nameOf(path): how it is called in the text. */
export function link(entries, resolve, root, nameOf = (path) => relative(root, path)) {
  const modules = new Map();
  const builtins = new Map();
  const parts = [];

  function need(specifier, from) {
    const found = resolve(specifier, from);
    if (found.builtin) {
      if (!builtins.has(found.builtin)) builtins.set(found.builtin, `builtin_${builtins.size}`);
      return builtins.get(found.builtin);
    }
    if (modules.get(found) === 'open') throw new Error(`${found}: imports itself, by way of ${from}`);
    if (!modules.has(found)) add(found);
    return modules.get(found);
  }

  function add(path) {
    modules.set(path, 'open');
    const exported = [];
    const text = withoutComments(readFileSync(path, 'utf8'))
      .replace(IMPORT, (_, one, all, list, from) => {
        const source = need(from, path);
        if (all) return `const ${all} = ${source};`;
        if (one) return `const ${one} = ${source}.default;`;
        return `const { ${namesOf(list).map(([name, as]) => (as ? `${name}: ${as}` : name)).join(', ')} } = ${source};`;
      })
      .replace(EXPORT_FROM, (_, list, from) => {
        const source = need(from, path);
        exported.push(...namesOf(list).map(([name, as]) => `${as ?? name}: ${source}.${name}`));
        return '';
      })
      .replace(EXPORT_LIST, (_, list) => {
        exported.push(...namesOf(list).map(([name, as]) => (as ? `${as}: ${name}` : name)));
        return '';
      })
      .replace(EXPORT_DEFAULT, (_, name) => {
        exported.push(`default: ${name}`);
        return '';
      })
      .replace(EXPORT_DESTRUCTURED, (_, declaration, list) => {
        exported.push(...namesOf(list.replaceAll(':', ' as ')).map(([name, as]) => as ?? name));
        return declaration;
      })
      .replace(EXPORT_DECLARED, (_, declaration, name) => {
        exported.push(name);
        return declaration;
      });
    const left = /^(?:import|export)\b.*/m.exec(text);
    if (left) throw new Error(`${path}: this form is not understood: ${left[0]}`);
    const id = `module_${parts.length}`;
    parts.push(`// ${nameOf(path)}\nconst ${id} = (() => {\n${text.trim()}\nreturn { ${exported.join(', ')} };\n})();`);
    modules.set(path, id);
  }

  for (const entry of entries) need(entry, join(root, 'entry'));
  const ids = entries.map((entry) => modules.get(resolve(entry, join(root, 'entry'))));
  return { text: parts.join('\n'), ids, builtins };
}

export const beside = (specifier, from) => join(dirname(from), specifier);
