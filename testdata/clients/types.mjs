// Checks values against the type declarations that @makehq/sdk ships, so that the
// assertions are those of the package that is installed and not a copy of them.
import { readFileSync } from 'node:fs';

const source = readFileSync(new URL('./node_modules/@makehq/sdk/dist/index.d.ts', import.meta.url), 'utf8')
  .replace(/\/\*[\s\S]*?\*\//g, '');

// declaration returns the right side of `type NAME = ...;` or `type NAME<...> = ...;`.
function declaration(name) {
  const start = source.search(new RegExp(`^type ${name}(<[^\\n]*>)? =`, 'm'));
  if (start < 0) throw new Error(`the package declares no type ${name}`);
  const from = source.indexOf('= ', start) + 2;
  return source.slice(from, endOf(source, from, ';')).trim();
}

// endOf finds where a stop character stands outside of all brackets.
function endOf(text, from, stop) {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    const c = text[i];
    if (depth === 0 && c === stop) return i;
    if ('{[(<'.includes(c)) depth++;
    if ('}])'.includes(c) || (c === '>' && text[i - 1] !== '=')) depth--;
  }
  return text.length;
}

function split(text, stop) {
  const parts = [];
  for (let from = 0; from < text.length; ) {
    const end = endOf(text, from, stop);
    parts.push(text.slice(from, end).trim());
    from = end + 1;
  }
  return parts.filter(Boolean);
}

// problems lists where a value does not fit a type. allowed is a list of places
// ("externalId: null") where replies that were recorded from Make do not fit either.
export function problems(value, type, { partial = false, allowed = [] } = {}, at = '') {
  const found = check(value, type.trim(), at, partial);
  return found.filter((p) => !allowed.some((a) => p.startsWith(a)));
}

function check(value, type, at, partial) {
  const wrong = [`${at}: ${value === undefined ? 'missing' : JSON.stringify(value)?.slice(0, 60)} is not ${type.slice(0, 60)}`];
  const options = split(type, '|');
  if (options.length > 1) {
    return options.some((o) => check(value, o, at, partial).length === 0) ? [] : wrong;
  }
  if (/^(number|string|boolean)$/.test(type)) return typeof value === type ? [] : wrong;
  if (type === 'null') return value === null ? [] : wrong;
  if (/^'.*'$/.test(type)) return value === type.slice(1, -1) ? [] : wrong;
  if (type === 'JSONValue') return value === undefined ? wrong : [];
  const list = type.match(/^Array<([\s\S]*)>$/) ?? type.match(/^([\s\S]*)\[\]$/);
  if (list) return Array.isArray(value) ? value.flatMap((v, i) => check(v, list[1].trim(), `${at}[${i}]`, false)) : wrong;
  const record = type.match(/^Record<string, ([\s\S]*)>$/);
  if (record) {
    return isObject(value) ? Object.entries(value).flatMap(([k, v]) => check(v, record[1], `${at}.${k}`, false)) : wrong;
  }
  const pick = type.match(/^Pick<(\w+), ([\s\S]*)>$/);
  if (pick) {
    const keys = split(pick[2], '|').map((k) => k.slice(1, -1));
    return isObject(value) ? checkObject(value, declaration(pick[1]), at, partial, keys) : wrong;
  }
  if (type.startsWith('{')) return isObject(value) ? checkObject(value, type, at, partial) : wrong;
  return check(value, declaration(type), at, partial);
}

const isObject = (v) => v !== null && typeof v === 'object' && !Array.isArray(v);

function checkObject(value, type, at, partial, only) {
  return split(type.slice(1, type.lastIndexOf('}')), ';').flatMap((member) => {
    const [, key, optional, kind] = member.match(/^(\w+)(\??):\s*([\s\S]*)$/);
    if (only && !only.includes(key)) return [];
    if (!(key in value)) return optional || partial ? [] : [`${at}.${key}: missing`];
    return check(value[key], kind, `${at}.${key}`, false);
  });
}
