import type { Encoder } from '../component/encoding.ts';
import type { Header } from '../record/columns.ts';
import type { Failure } from '../record/failure.ts';
import { codeOf } from './failure-of.ts';
import type { StageRow } from './stage-row.ts';

/** How keys and values are written that are no longer the bytes that came in. */
export interface DeadLetterEncoders {
  readonly key: Encoder | null;
  readonly value: Encoder;
}

/** A dead letter as it is written. */
export interface DeadLetter {
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly Header[] | null;
}

/** What a dead letter says of its failure, in this order. */
type Details = Readonly<Record<string, string | number>>;

const prefix = '__headrace.errors.';
/** The version of the headers that a dead letter has: it grows when one of them changes its meaning. */
const headerVersion = 1;

/**
 * Makes the dead letter of a failed record: its bytes as they came in or, where a node has changed them, encoded; its headers and
 * those that say what happened. As an envelope all of it is one JSON value, for sinks that carry no headers. Never throws.
 */
export function deadLetterOf(
  row: StageRow,
  encoders: DeadLetterEncoders,
  as: 'bytes' | 'envelope',
  topology: string,
): DeadLetter {
  const notes: string[] = [];
  const key = partOf('key', row.rawKey(), row.key, encoders.key, notes);
  const value = partOf('value', row.rawValue(), row.value, encoders.value, notes);
  const details = row.failure === null ? {} : detailsOf(row.failure, row, topology, notes);
  if (as === 'envelope') return { key, value: envelopeOf(key, value, row.headers, details), headers: null };
  const headers = Object.entries(details).map(([name, text]) => ({
    name: prefix + name,
    value: Buffer.from(String(text)),
  }));
  return { key, value, headers: [...(row.headers ?? []), ...headers] };
}

function partOf(
  name: string,
  raw: Uint8Array | null | undefined,
  value: unknown,
  encode: Encoder | null,
  notes: string[],
): Uint8Array | null {
  if (raw !== undefined) return raw;
  if (value === null) return null;
  try {
    if (encode !== null) return encode(value);
    notes.push(`Its ${name} is left out: nothing says how to write it.`);
  } catch (error) {
    notes.push(`Its ${name} is left out: it could not be written (${codeOf(error, 'deliver')}).`);
  }
  return null;
}

function detailsOf(failure: Failure, row: StageRow, topology: string, notes: readonly string[]): Details {
  const { topic, partition } = row.from;
  return {
    version: headerVersion,
    topology,
    node: failure.node,
    stage: failure.stage,
    code: failure.code,
    message: [failure.message, ...notes].join(' '),
    source: failure.source,
    split: failure.split,
    position: failure.offset,
    ...(topic === null ? {} : { topic }),
    ...(partition === null ? {} : { partition }),
    offset: failure.offset,
    timestamp: failure.timestamp,
    attempts: failure.attempts,
  };
}

function envelopeOf(
  key: Uint8Array | null,
  value: Uint8Array | null,
  headers: readonly Header[] | null,
  error: Details,
): Uint8Array {
  const byName = Object.create(null) as Record<string, unknown>;
  for (const header of headers ?? []) {
    const text = textOf(header.value);
    const earlier = byName[header.name];
    if (!(header.name in byName)) byName[header.name] = text;
    else byName[header.name] = Array.isArray(earlier) ? [...(earlier as unknown[]), text] : [earlier, text];
  }
  return Buffer.from(JSON.stringify({ key: textOf(key), value: textOf(value), headers: byName, error }));
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOf(bytes: Uint8Array | null): string | { readonly base64: string } | null {
  if (bytes === null) return null;
  try {
    return decoder.decode(bytes);
  } catch {
    return { base64: Buffer.from(bytes).toString('base64') };
  }
}
