import path from 'node:path';
import type { FromWorker, ShownRecord } from './messages.ts';

/** What `dev` says, one event each. Lines of JSON have the same fields. */
export type DevEvent =
  | Exclude<FromWorker, { kind: 'checked' | 'refused' | 'started' | 'needsEntrance' | 'said' | 'ended' }>
  /** The broker is there: any client may attach. */
  | { readonly kind: 'broker'; readonly brokers: string }
  | { readonly kind: 'registry'; readonly url: string }
  | { readonly kind: 'topics'; readonly topics: readonly string[] }
  | { readonly kind: 'running'; readonly topology: string; readonly version: number; readonly notes: readonly string[] }
  | { readonly kind: 'refused'; readonly findings: readonly string[]; readonly keeps: number | null }
  | { readonly kind: 'warnings'; readonly findings: readonly string[] }
  | { readonly kind: 'changed'; readonly files: readonly string[] }
  | { readonly kind: 'ended'; readonly error: string | null; readonly summary: string }
  | { readonly kind: 'said'; readonly text: string; readonly isError: boolean }
  | { readonly kind: 'printed'; readonly text: string };

/** Where events go. */
export interface Screen {
  show(event: DevEvent): void;
}

/** Writes text to a stream of the process. */
export type Write = (text: string) => void;

/** Makes a screen of lines of JSON, all of them on the standard output. Keys and values stand there as they are, exact. */
export function jsonScreen(write: Write): Screen {
  return {
    show(event) {
      if (event.kind !== 'record') return write(`${JSON.stringify(event)}\n`);
      const { key, value, ...rest } = event;
      write(`${JSON.stringify(rest).slice(0, -1)},"key":${key ?? 'null'},"value":${value}}\n`);
    },
  };
}

const colours = [36, 33, 35, 32, 34, 96, 93, 95, 92, 94];
const dim = 2;
const red = 31;
const bold = 1;

/** How a text screen looks. */
export interface TextScreenOptions {
  /** Takes records. */
  readonly records: Write;
  /** Takes everything else. */
  readonly status: Write;
  readonly recordsInColour: boolean;
  readonly statusInColour: boolean;
}

/** Makes a screen for people: a line a record, named after its node; colours where there is a terminal. */
export function textScreen({ records, status, recordsInColour, statusInColour }: TextScreenOptions): Screen {
  const seen: string[] = [];
  let width = 0;
  const name = (text: string): string => {
    if (!seen.includes(text)) seen.push(text);
    width = Math.max(width, text.length);
    return paint(text.padEnd(width), colours[seen.indexOf(text) % colours.length] as number, recordsInColour);
  };
  const say = (text: string, colour: number = dim): void => status(`${paint(text, colour, statusInColour)}\n`);
  return {
    show(event) {
      switch (event.kind) {
        case 'record':
          return records(`${name(placeOf(event))}  ${recordText(event)}\n`);
        case 'skipped':
          return records(`${name(event.node)}  ${paint(`… ${event.records} more`, dim, recordsInColour)}\n`);
        case 'failures':
          return say(`${event.node}: ${event.records} failed with ${event.code}`, red);
        case 'broker':
          return say(`broker at ${event.brokers}, for development only`, bold);
        case 'registry':
          return say(`schema registry at ${event.url}`, bold);
        case 'topics':
          return say(`topics: ${event.topics.join(', ')}`);
        case 'running': {
          const first = event.version === 1 ? 'runs; save a file to reload, "help" for what can be typed' : 'runs anew';
          say(`${event.topology} ${first}`, bold);
          return event.notes.forEach((note) => say(note));
        }
        case 'refused':
          status(`${event.findings.join('\n\n')}\n`);
          return say(event.keeps === null ? 'nothing runs; waiting for a change' : 'the version before goes on', red);
        case 'warnings':
          return status(`${event.findings.join('\n\n')}\n`);
        case 'changed':
          return say(`changed: ${event.files.map((file) => path.relative('', file)).join(', ')}`);
        case 'ended':
          if (event.error !== null) say(event.error, red);
          return say(event.summary, bold);
        case 'said':
          return say(event.text, event.isError ? red : dim);
        case 'printed':
          return status(`${event.text}\n`);
      }
    },
  };
}

function paint(text: string, colour: number, isInColour: boolean): string {
  return isInColour ? `\u{1B}[${colour}m${text}\u{1B}[0m` : text;
}

function placeOf({ node, port, topic }: ShownRecord): string {
  const id = node === '$deadLetter' ? 'dead letter' : node;
  if (port === 'sink') return topic === null ? `${id} >` : `${id} > ${topic}`;
  return port === 'out' ? id : `${id}.${port}`;
}

const codeHeader = '__headrace.errors.code';
const messageHeader = '__headrace.errors.message';

function recordText({ key, value, headers }: ShownRecord): string {
  const code = headers[codeHeader];
  const why = code === undefined || code === null ? '' : `  (${code}: ${headers[messageHeader] ?? ''})`;
  return `${key === null ? '' : `${key}  `}${value}${why}`;
}
