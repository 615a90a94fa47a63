/**
 * Reads `key=value key2="quoted value" flag`: a key without `=` is null, `\"`, `\\`, `\n`, `\r`, `\t` stand for themselves within quotes.
 * Null where a quote is not closed. The result has no prototype; of a key that stands twice the last counts.
 */
export function parseLogfmt(text: string): Record<string, string | null> | null {
  const fields = Object.create(null) as Record<string, string | null>;
  let at = 0;
  while (at < text.length) {
    if (isBlank(text[at])) {
      at++;
      continue;
    }
    const start = at;
    while (at < text.length && text[at] !== '=' && !isBlank(text[at])) at++;
    const key = text.slice(start, at);
    if (text[at] !== '=') {
      fields[key] = null;
      continue;
    }
    const value = readValue(text, at + 1);
    if (value === null) return null;
    if (key !== '') fields[key] = value.value;
    at = value.end;
  }
  return fields;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

function readValue(text: string, start: number): { value: string; end: number } | null {
  let at = start;
  if (text[at] !== '"') {
    while (at < text.length && !isBlank(text[at])) at++;
    return { value: text.slice(start, at), end: at };
  }
  const parts: string[] = [];
  for (at++; at < text.length; at++) {
    const character = text[at] as string;
    if (character === '"') return { value: parts.join(''), end: at + 1 };
    if (character !== '\\') parts.push(character);
    else {
      const escaped = text[++at];
      if (escaped !== undefined) parts.push(escapes[escaped] ?? escaped);
    }
  }
  return null;
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || character === '\n' || character === '\r';
}
