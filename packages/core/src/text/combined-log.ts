/** A line of an access log. */
export interface AccessLogLine {
  readonly remoteHost: string;
  readonly identity: string | null;
  readonly user: string | null;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly method: string | null;
  readonly path: string | null;
  readonly protocol: string | null;
  readonly status: number;
  /** The size of the answer; null where none was sent. */
  readonly bytes: number | null;
  readonly referer: string | null;
  readonly userAgent: string | null;
}

const head = /^(\S+) (\S+) (\S+) \[(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)\] "/;
const tail = /^ (\d{3}) (\d{1,15}|-)(?: "|$)/;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Reads a line of the "combined" log format of web servers, or of "common", which lacks the last two; null where it is neither. */
export function parseCombinedLog(text: string): AccessLogLine | null {
  const start = head.exec(text);
  const time = start === null ? null : readTime(start);
  if (start === null || time === null) return null;
  const request = readQuoted(text, start[0].length);
  if (request === null) return null;
  const rest = tail.exec(text.slice(request.end));
  if (rest === null) return null;
  let at = request.end + rest[0].length;
  let referer: string | null = null;
  let userAgent: string | null = null;
  if (rest[0].endsWith('"')) {
    const first = readQuoted(text, at);
    const second =
      first === null || text.slice(first.end, first.end + 2) !== ' "' ? null : readQuoted(text, first.end + 2);
    if (first === null || second === null || second.end !== text.trimEnd().length) return null;
    referer = orNull(first.value);
    userAgent = orNull(second.value);
    at = second.end;
  }
  const [method = null, path = null, protocol = null] =
    /^(\S+) (.+) (HTTP\/[\d.]+)$/.exec(request.value)?.slice(1) ?? [];
  return {
    remoteHost: start[1] as string,
    identity: orNull(start[2] as string),
    user: orNull(start[3] as string),
    time,
    method,
    path: path ?? orNull(request.value),
    protocol,
    status: Number(rest[1]),
    bytes: rest[2] === '-' ? null : Number(rest[2]),
    referer,
    userAgent,
  };
}

function readTime(match: RegExpExecArray): number | null {
  const [day, month, year, hour, minute, second] = [
    Number(match[4]),
    months.indexOf(match[5] as string),
    ...match.slice(6, 10).map(Number),
  ] as [number, number, number, number, number, number];
  const date = new Date(Date.UTC(year, month, day, hour, minute, second));
  if (month < 0 || date.getUTCDate() !== day || hour > 23 || minute > 59 || second > 60) return null;
  const offset = (Number(match[11]) * 60 + Number(match[12])) * 60_000;
  return date.getTime() - (match[10] === '-' ? -offset : offset);
}

function readQuoted(text: string, start: number): { value: string; end: number } | null {
  const parts: string[] = [];
  for (let at = start; at < text.length; at++) {
    const character = text[at] as string;
    if (character === '"') return { value: parts.join(''), end: at + 1 };
    if (character === '\\' && (text[at + 1] === '"' || text[at + 1] === '\\')) at++;
    parts.push(text[at] as string);
  }
  return null;
}

function orNull(text: string): string | null {
  return text === '-' || text === '' ? null : text;
}
