// The words of a PDF file as whoever copies them gets them: each page's text in the order in which it is written, by the file's own
// tables from glyphs to letters. It reads what `crates/print` writes, and is no reader for any other file.

import { inflateSync } from 'node:zlib';

/** The objects of the file by number: the dictionary as text, and the stream where there is one. */
function objects(bytes) {
  const text = bytes.toString('latin1');
  const found = new Map();
  for (const { 1: number, 2: body } of text.matchAll(/(?:^|\n)(\d+) 0 obj\b([\s\S]*?)\bendobj/g)) {
    const at = body.indexOf('stream');
    const dictionary = at < 0 ? body : body.slice(0, at);
    let stream = null;
    if (at >= 0) {
      const raw = Buffer.from(body.slice(at + 6).replace(/^\r?\n/, ''), 'latin1');
      const [, length] = dictionary.match(/\/Length (\d+)/) ?? [];
      const whole = raw.subarray(0, Number(length ?? raw.length));
      stream = dictionary.includes('/FlateDecode') ? inflateSync(whole).toString('latin1') : whole.toString('latin1');
    }
    found.set(number, { dictionary, stream });
  }
  return found;
}

/** From a font's two-byte codes to letters. */
function letters(cmap) {
  const said = new Map();
  const unicode = (hex) => Buffer.from(hex, 'hex').swap16().toString('utf16le');
  for (const [, block] of cmap.matchAll(/beginbfchar([\s\S]*?)endbfchar/g)) {
    for (const [, code, to] of block.matchAll(/<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>/g)) said.set(parseInt(code, 16), unicode(to));
  }
  for (const [, block] of cmap.matchAll(/beginbfrange([\s\S]*?)endbfrange/g)) {
    for (const [, from, until, to] of block.matchAll(/<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>/g)) {
      const first = parseInt(from, 16);
      for (let code = first; code <= parseInt(until, 16); code += 1) said.set(code, String.fromCodePoint(parseInt(to, 16) + code - first));
    }
  }
  return said;
}

const escapes = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };
const unescaped = (string) =>
  string.replace(/\\([0-7]{1,3}|\r?\n|[\s\S])/g, (_, one) =>
    /^[0-7]/.test(one) ? String.fromCharCode(parseInt(one, 8)) : (escapes[one] ?? (one.trim() === '' ? '' : one)),
  );

/** Where the string ends that begins at this place: parentheses in it come in pairs, or with a backslash. */
function closing(content, from) {
  let depth = 0;
  for (let at = from; at < content.length; at += 1) {
    if (content[at] === '\\') at += 1;
    else if (content[at] === '(') depth += 1;
    else if (content[at] === ')' && (depth -= 1) === 0) return at;
  }
  return content.length;
}

/** What one page says: a font is chosen, a string is shown, a piece of text ends. */
function words(content, fonts) {
  const token = /\/(\w+) [\d.]+ Tf|\(|\bET\b/g;
  let font = new Map();
  let said = '';
  for (let found = token.exec(content); found; found = token.exec(content)) {
    if (found[1]) font = fonts.get(found[1]) ?? font;
    else if (found[0] === 'ET') said += ' ';
    else {
      const end = closing(content, found.index);
      const codes = Buffer.from(unescaped(content.slice(found.index + 1, end)), 'latin1');
      for (let at = 0; at + 1 < codes.length; at += 2) said += font.get(codes.readUInt16BE(at)) ?? '\u25a1';
      token.lastIndex = end + 1;
    }
  }
  return said.replace(/\s+/g, ' ').trim();
}

/** Whether the file says that it is tagged, and what each page says. */
export function read(bytes) {
  const all = objects(bytes);
  const of = (number) => all.get(number) ?? { dictionary: '', stream: '' };
  const dictionaries = [...all.values()].map((one) => one.dictionary);
  const pages = [...all.values()].filter((one) => /\/Type ?\/Page\b(?!s)/.test(one.dictionary)).map(({ dictionary }) => {
    const [, inside] = dictionary.match(/\/Resources (\d+) 0 R/) ?? [];
    const named = (inside ? of(inside).dictionary : dictionary).match(/\/Font ?<<([^>]*)>>/)?.[1] ?? '';
    const fonts = new Map();
    for (const [, name, number] of named.matchAll(/\/(\w+) (\d+) 0 R/g)) {
      const [, table] = of(number).dictionary.match(/\/ToUnicode (\d+) 0 R/) ?? [];
      if (table) fonts.set(name, letters(of(table).stream));
    }
    const contents = [...(dictionary.match(/\/Contents ?(\[[^\]]*\]|\d+ 0 R)/)?.[1] ?? '').matchAll(/(\d+) 0 R/g)];
    return words(contents.map(([, number]) => of(number).stream).join('\n'), fonts);
  });
  const tagged = dictionaries.some((one) => /\/MarkInfo ?<<[^>]*\/Marked true/.test(one)) && dictionaries.some((one) => one.includes('/StructTreeRoot'));
  return { tagged, pages };
}
