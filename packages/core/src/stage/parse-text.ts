import { compilePattern } from '@headrace/cel';
import type { Decoder } from '../component/encoding.ts';
import type { ParseFormat } from '../component/stage-op.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import { parseCombinedLog } from '../text/combined-log.ts';
import { csvCells } from '../text/csv-cells.ts';
import { parseLogfmt } from '../text/logfmt.ts';
import { parseSyslog } from '../text/syslog.ts';
import { setField } from './set-field.ts';

/** Takes a text apart; throws `NOT_PARSABLE` where it is not of its format. */
export type TextParser = (text: string) => unknown;

const words: Readonly<Record<ParseFormat['kind'], string>> = {
  json: 'JSON',
  csv: 'a line of CSV',
  logfmt: 'logfmt',
  syslog: 'a message of syslog',
  combined: 'a line of the combined log format',
  pattern: 'as the pattern says',
};

/** Returns the parser of a format; `json` decodes JSON of any type. */
export function textParser(format: ParseFormat, json: Decoder): TextParser {
  const parse = parserOf(format, json);
  return (text) => {
    const parsed = parse(text);
    // Of JSON null is a value, and what is none has thrown already.
    if (parsed === null && format.kind !== 'json')
      throw new HeadraceError('NOT_PARSABLE', `The text is not ${words[format.kind]}.`);
    return parsed;
  };
}

function parserOf(format: ParseFormat, json: Decoder): (text: string) => unknown {
  switch (format.kind) {
    case 'json':
      return (text) => {
        const bytes = Buffer.from(text);
        return json(bytes, 0, bytes.length, -1);
      };
    case 'csv':
      return (text) => csvCells(text, format);
    case 'logfmt':
      return parseLogfmt;
    case 'syslog':
      return parseSyslog;
    case 'combined':
      return parseCombinedLog;
    case 'pattern':
      return namedGroups(format.pattern);
  }
}

/** Builds what finds the first match and gives the texts of its named groups; null stands for a group that took no part. */
function namedGroups(pattern: string): (text: string) => Record<string, string | null> | null {
  const compiled = compilePattern(pattern);
  const names = [...compiled.names];
  return (text) => {
    if (!compiled.test(text)) return null;
    for (const match of compiled.matches(text)) {
      const groups: Record<string, string | null> = {};
      for (const [name, index] of names) {
        const start = match[2 * index] as number;
        setField(groups, name, start < 0 ? null : text.slice(start, match[2 * index + 1]));
      }
      return groups;
    }
    return null;
  };
}
