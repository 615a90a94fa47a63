import { readFileSync } from 'node:fs';
import path from 'node:path';
import { HeadraceError } from '@headrace/core';

/** The folder of samples, beside the topology. */
const samplesFolder = 'samples';

/** A record of a sample, or of the terminal: what it says, before it is encoded. */
export interface WrittenRecord {
  readonly key?: unknown;
  /** A value as JSON. */
  readonly value?: unknown;
  /** The bytes of the value as text, instead. */
  readonly raw?: string;
  readonly headers?: Readonly<Record<string, string | null>>;
  /** Epoch milliseconds, or ISO 8601. */
  readonly at?: number | string;
  readonly partition?: number;
}

/** A file of samples. */
export interface SampleFile {
  readonly file: string;
  readonly records: readonly WrittenRecord[];
}

const forms: readonly { readonly ending: string; readonly read: (line: string, place: string) => WrittenRecord }[] = [
  { ending: '.records.ndjson', read: recordOf },
  { ending: '.ndjson', read: (line, place) => ({ value: jsonOf(line, place) }) },
  { ending: '.jsonl', read: (line, place) => ({ value: jsonOf(line, place) }) },
  { ending: '.txt', read: (line) => ({ raw: line }) },
  { ending: '.log', read: (line) => ({ raw: line }) },
];

/** Reads the samples of the first name that has a file: values (`.ndjson`), whole records (`.records.ndjson`) or lines (`.txt`). */
export function readSamples(directory: string, names: readonly string[]): SampleFile | null {
  for (const name of names)
    for (const { ending, read } of forms) {
      const file = path.join(directory, samplesFolder, `${name}${ending}`);
      const text = textOf(file);
      if (text === null) continue;
      const lines = text.split(/\r?\n/).map((line, index) => ({ line, place: `${file}:${index + 1}` }));
      const records = lines.filter(({ line }) => line.trim() !== '').map(({ line, place }) => read(line, place));
      return { file, records };
    }
  return null;
}

/** The files that samples of a name may be in. */
export function sampleFiles(directory: string, name: string): readonly string[] {
  return forms.map(({ ending }) => path.join(directory, samplesFolder, `${name}${ending}`));
}

const known = new Set(['key', 'value', 'raw', 'headers', 'at', 'partition']);

/** Reads a whole record: `{ "key", "value" or "raw", "headers", "at", "partition" }`, as tests send them. */
export function recordOf(text: string, place: string): WrittenRecord {
  const record = jsonOf(text, place);
  if (typeof record !== 'object' || record === null || Array.isArray(record))
    throw wrong(place, 'a record is an object');
  const unknown = Object.keys(record).find((name) => !known.has(name));
  if (unknown !== undefined) throw wrong(place, `a record has ${[...known].join(', ')}, and no "${unknown}"`);
  const { raw, headers = {}, at = 0, partition = 0 } = record as WrittenRecord;
  if (raw !== undefined && typeof raw !== 'string') throw wrong(place, '"raw" is a text');
  if (!hasTexts(headers)) throw wrong(place, '"headers" is an object of texts or null');
  if (!Number.isFinite(typeof at === 'string' ? Date.parse(at) : at)) throw wrong(place, '"at" is no time');
  if (!Number.isInteger(partition) || partition < 0) throw wrong(place, '"partition" is a number from 0');
  return record as WrittenRecord;
}

function hasTexts(headers: unknown): boolean {
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) return false;
  return Object.values(headers).every((one) => one === null || typeof one === 'string');
}

/** Reads a text of JSON; names its place where it is none. */
export function jsonOf(text: string, place: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw wrong(place, `it is no JSON: ${(cause as Error).message}`);
  }
}

function wrong(place: string, why: string): HeadraceError {
  return new HeadraceError('WRONG_SAMPLE', `${place}: ${why}.`);
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
