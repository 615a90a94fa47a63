/** A message of syslog. */
export interface SyslogMessage {
  readonly facility: number;
  readonly severity: number;
  /** Epoch milliseconds; null where none is written, or its year is not. */
  readonly timestamp: number | null;
  readonly hostname: string | null;
  readonly appName: string | null;
  readonly procId: string | null;
  readonly msgId: string | null;
  /** By element and parameter: `id.name`. */
  readonly structuredData: Readonly<Record<string, string>>;
  readonly message: string | null;
}

const rfc5424 = /^<(\d{1,3})>1 (\S+) (\S+) (\S+) (\S+) (\S+) /;
const rfc3164 = /^<(\d{1,3})>([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) (\S+) /;
const tag = /^([^\s:[]{1,48})(?:\[([^\]\s]{1,128})\])?: ?/;
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)$/;

/** Reads a message of RFC 5424, or of the older form of RFC 3164, whose time has no year and therefore is null; null where it is neither. */
export function parseSyslog(text: string): SyslogMessage | null {
  const modern = rfc5424.exec(text);
  if (modern !== null) return readModern(modern, text);
  const old = rfc3164.exec(text);
  if (old === null) return null;
  const priority = readPriority(old[1]);
  if (priority === null) return null;
  const rest = text.slice(old[0].length);
  const head = tag.exec(rest);
  return {
    ...priority,
    timestamp: null,
    hostname: old[3] as string,
    appName: head?.[1] ?? null,
    procId: head?.[2] ?? null,
    msgId: null,
    structuredData: Object.create(null) as Record<string, string>,
    message: rest.slice(head?.[0].length ?? 0),
  };
}

function readModern(match: RegExpExecArray, text: string): SyslogMessage | null {
  const priority = readPriority(match[1]);
  const written = match[2] as string;
  if (priority === null || (written !== '-' && !time.test(written))) return null;
  const timestamp = written === '-' ? null : Date.parse(written);
  if (Number.isNaN(timestamp)) return null;
  const data = readData(text, match[0].length);
  if (data === null) return null;
  const [hostname, appName, procId, msgId] = match.slice(3, 7).map((part) => (part === '-' ? null : part)) as Four;
  const rest = text.slice(data.end);
  if (rest !== '' && !rest.startsWith(' ')) return null;
  // The mark of UTF-8 that the RFC asks for is none of the message.
  const message = rest === '' ? null : rest.slice(1).replace(/^\uFEFF/, '');
  return { ...priority, timestamp, hostname, appName, procId, msgId, structuredData: data.values, message };
}

type Four = [string | null, string | null, string | null, string | null];

function readPriority(digits: string | undefined): { facility: number; severity: number } | null {
  const value = Number(digits);
  return value > 191 ? null : { facility: value >> 3, severity: value & 7 };
}

function readData(text: string, start: number): { values: Record<string, string>; end: number } | null {
  const values = Object.create(null) as Record<string, string>;
  if (text[start] === '-') return { values, end: start + 1 };
  let at = start;
  while (text[at] === '[') {
    const element = /[^\s=\]"]{1,32}/y;
    element.lastIndex = at + 1;
    const id = element.exec(text)?.[0];
    if (id === undefined) return null;
    at += 1 + id.length;
    while (text[at] === ' ') {
      const parameter = /([^\s=\]"]{1,32})="/y;
      parameter.lastIndex = at + 1;
      const name = parameter.exec(text);
      const value = name === null ? null : readQuoted(text, parameter.lastIndex);
      if (name === null || value === null) return null;
      values[`${id}.${name[1] as string}`] = value.value;
      at = value.end;
    }
    if (text[at] !== ']') return null;
    at++;
  }
  return at === start ? null : { values, end: at };
}

function readQuoted(text: string, start: number): { value: string; end: number } | null {
  const parts: string[] = [];
  for (let at = start; at < text.length; at++) {
    const character = text[at] as string;
    if (character === '"') return { value: parts.join(''), end: at + 1 };
    if (character === '\\' && /["\\\]]/.test(text[at + 1] ?? '')) at++;
    parts.push(text[at] as string);
  }
  return null;
}
