import { dirname, join, relative, resolve } from 'node:path';
import type { CallSite } from '../component/author/call-site.ts';
import type { Finding, Path } from '../component/finding.ts';
import { formatPath } from './format-path.ts';
import type { ParsedSource, PlaceInText } from './parsed-source.ts';
import { plainDefinition } from './plain-definition.ts';
import { TextDocument, type Range } from './text-document.ts';
import { callsOf } from './topology-calls.ts';

/**
 * Takes the TypeScript form: the data that a module exports. A finding points at the call that made its node, else at the call of
 * `defineTopology`. `readFile` gives the text of the author's files, for the line below a finding.
 */
export function parseDefined(definition: unknown, file: string, readFile: (path: string) => string): ParsedSource {
  const reported: Finding[] = [];
  const value = plainDefinition(definition, (finding) => void reported.push(finding));
  const calls = typeof definition === 'object' && definition !== null ? callsOf(definition) : null;
  const documents = new Documents(file, readFile);
  const siteOf = ({ at }: Pick<Finding, 'at'>): CallSite | null =>
    calls?.sites.get(`${String(at[0])}.${String(at[1])}`) ?? calls?.top ?? null;
  const faults = (calls?.faults ?? []).map(({ code, at, message, site }) => ({ finding: { code, at, message }, site }));
  const own = reported.map((finding) => ({ finding, site: siteOf(finding) }));
  return {
    value: typeof value === 'object' ? value : undefined,
    findings: [...faults, ...own].map(({ finding: { code, at, message }, site }) => {
      const place = documents.place(site, []);
      return { finding: { code, severity: 'error', path: formatPath(at), message, range: place.range }, place };
    }),
    place: (finding, secrets) => documents.place(siteOf(finding), secretTexts(value, secrets)),
  };
}

class Documents {
  readonly #file: string;
  readonly #readFile: (path: string) => string;
  readonly #texts = new Map<string, string>();

  constructor(file: string, readFile: (path: string) => string) {
    this.#file = file;
    this.#readFile = readFile;
  }

  place(site: CallSite | null, secrets: readonly string[]): PlaceInText {
    if (site === null) return { document: new TextDocument(this.#file, ''), range: { start: 0, end: 1 } };
    const text = this.#textOf(site);
    const document = new TextDocument(
      this.#nameOf(site.file),
      text,
      secrets.flatMap((secret) => rangesOf(secret, text)),
    );
    const start = offsetOf(text, site);
    const word = /^[\w$]+/.exec(text.slice(start, start + 80))?.[0].length ?? 1;
    return { document, range: { start, end: start + word } };
  }

  // Where a file cannot be read its places are still true: blanks stand for the text.
  #textOf({ file, line, column }: CallSite): string {
    let text = this.#texts.get(file);
    if (text !== undefined) return text;
    try {
      text = this.#readFile(file);
    } catch {
      return '\n'.repeat(line - 1) + ' '.repeat(column);
    }
    this.#texts.set(file, text);
    return text;
  }

  // As the author has named the topology: relative to where the command stands.
  #nameOf(file: string): string {
    if (file === resolve(this.#file)) return this.#file;
    const folder = dirname(this.#file);
    return join(folder, relative(resolve(folder), file));
  }
}

function offsetOf(text: string, { line, column }: CallSite): number {
  let start = 0;
  for (let at = 1; at < line; at++) {
    const next = text.indexOf('\n', start);
    if (next < 0) break;
    start = next + 1;
  }
  return Math.min(start + column - 1, text.length);
}

function rangesOf(secret: string, text: string): Range[] {
  const ranges: Range[] = [];
  for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + secret.length))
    ranges.push({ start: at, end: at + secret.length });
  return ranges;
}

function secretTexts(value: unknown, secrets: readonly Path[]): string[] {
  const texts = secrets.map((at) =>
    at.reduce<unknown>(
      (part, key) => (typeof part === 'object' && part !== null ? (part as never)[key] : undefined),
      value,
    ),
  );
  return texts.filter((text): text is string => typeof text === 'string' && text !== '');
}
