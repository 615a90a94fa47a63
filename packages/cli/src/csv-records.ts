import { HeadraceError } from '@headrace/core';

/** Yields the rows of a CSV text (RFC 4180) as objects of texts; the first row gives the names. Throws BAD_CSV. */
export function* csvRecords(text: string, delimiter: string): Generator<Record<string, string>> {
  if (delimiter.length !== 1) throw new HeadraceError('BAD_CSV', `A delimiter is one character, not "${delimiter}".`);
  let names: string[] | null = null;
  for (const row of rows(text, delimiter)) {
    if (names === null) names = different(row);
    else if (row.length === names.length)
      yield Object.fromEntries(names.map((name, index) => [name, row[index] ?? '']));
    else if (row.length > 1 || row[0] !== '') {
      const message = `A row has ${row.length} cells where the first one has ${names.length}: "${row.join(delimiter).slice(0, 40)}".`;
      throw new HeadraceError('BAD_CSV', message);
    }
  }
}

function different(names: string[]): string[] {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return names;
  throw new HeadraceError('BAD_CSV', `The first row names the column "${twice}" twice.`);
}

function* rows(text: string, delimiter: string): Generator<string[]> {
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    const cell = text[at] === '"' ? quoted(text, at + 1) : plain(text, at, delimiter);
    row.push(cell.text);
    at = cell.end;
    if (text[at] === delimiter) {
      at++;
      if (at < text.length) continue;
      row.push('');
    } else if (text[at] === '\r' && text[at + 1] === '\n') at += 2;
    else if (text[at] === '\n') at++;
    else if (at < text.length) throw new HeadraceError('BAD_CSV', 'A quoted cell goes on behind its quote.');
    yield row;
    row = [];
  }
}

function plain(text: string, start: number, delimiter: string): { text: string; end: number } {
  let end = start;
  while (end < text.length && text[end] !== delimiter && text[end] !== '\n') end++;
  const stop = text[end] === '\n' && text[end - 1] === '\r' && end > start ? end - 1 : end;
  return { text: text.slice(start, stop), end: stop };
}

function quoted(text: string, start: number): { text: string; end: number } {
  let cell = '';
  for (let at = start; ;) {
    const end = text.indexOf('"', at);
    if (end < 0) throw new HeadraceError('BAD_CSV', 'A quoted cell has no end.');
    cell += text.slice(at, end);
    if (text[end + 1] !== '"') return { text: cell, end: end + 1 };
    cell += '"';
    at = end + 2;
  }
}
