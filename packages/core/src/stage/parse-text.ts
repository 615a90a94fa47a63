import type { Decoder } from '../component/encoding.ts';
import type { ParseFormat } from '../component/stage-op.ts';
import { HeadraceError } from '../errors/headrace-error.ts';
import { parseCombinedLog } from '../text/combined-log.ts';
import { csvCells } from '../text/csv-cells.ts';
import { parseLogfmt } from '../text/logfmt.ts';
import { parseSyslog } from '../text/syslog.ts';

/** Takes a text apart; throws `NOT_PARSABLE` where it is not of its format. */
export type TextParser = (text: string) => unknown;

const words: Readonly<Record<ParseFormat['kind'], string>> = {
  json: 'JSON',
  csv: 'a line of CSV',
  logfmt: 'logfmt',
  syslog: 'a message of syslog',
  combined: 'a line of the combined log format',
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
  }
}
