import { failureType } from '../types/cel-environment.ts';
import type { CelType } from '@headrace/cel';
import { HeadraceError } from '../errors/headrace-error.ts';
import { headerMaps, type HeaderMaps } from './header-maps.ts';
import type { StageRow } from './stage-row.ts';

/** Gives what a name means for the record that a stage is at work on. */
export type NameReader = () => unknown;

/** Knows the names of expressions: those of the record, the parameters, and everything else as a field of the value. */
export class RecordNames {
  readonly row: StageRow;
  readonly #parameters: Readonly<Record<string, unknown>>;
  readonly #view: object;
  #headers: HeaderMaps = headerMaps(null);
  #headersOf: StageRow['headers'] = null;

  constructor(row: StageRow, parameters: Readonly<Record<string, unknown>>) {
    this.row = row;
    this.#parameters = parameters;
    this.#view = Object.defineProperties({}, this.#getters());
  }

  /** Returns how to read a name of this type; `whole` where the expression keeps it, so that it must outlive the record. */
  reader(name: string, type: CelType, whole: boolean): NameReader {
    if (type === failureType) return () => this.#failure();
    if (name === 'record') return whole ? () => ({ ...this.#view }) : () => this.#view;
    if (name === 'params') return () => this.#parameters;
    return this.#shortForm(name) ?? fieldReader(this.row, name, type.kind === 'dyn');
  }

  #shortForm(name: string): NameReader | null {
    const row = this.row;
    switch (name) {
      case 'key':
        return () => row.key;
      case 'value':
        return () => row.value;
      case 'timestamp':
        return () => row.timestamp;
      case 'topic':
        return () => row.from.topic;
      case 'partition':
        return () => row.from.partition;
      case 'offset':
        return () => row.offset;
      case 'headers':
        return () => this.#headerMaps().texts;
      default:
        return null;
    }
  }

  // Own properties, since expressions read nothing else.
  #getters(): PropertyDescriptorMap {
    const getters: PropertyDescriptorMap = {};
    for (const name of ['key', 'value', 'timestamp', 'topic', 'partition', 'offset', 'headers'])
      getters[name] = { get: this.#shortForm(name) as NameReader, enumerable: true };
    getters['headerBytes'] = { get: () => this.#headerMaps().bytes, enumerable: true };
    return getters;
  }

  #headerMaps(): HeaderMaps {
    if (this.row.headers !== this.#headersOf) {
      this.#headersOf = this.row.headers;
      this.#headers = headerMaps(this.#headersOf);
    }
    return this.#headers;
  }

  #failure(): object | null {
    const { failure } = this.row;
    if (failure === null) return null;
    const { code, message, node, stage, attempts } = failure;
    return { code, message, node, stage, attempts };
  }
}

/** Reads a field of the value; `open` where the value has no schema, so that the field may be missing and then is null. */
export function fieldReader(row: StageRow, name: string, open: boolean): NameReader {
  if (!open)
    return () => {
      const { value } = row;
      if (value === null) throw noFields(name);
      return (value as Record<string, unknown>)[name];
    };
  return () => {
    const { value } = row;
    if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array)
      throw noFields(name);
    return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
  };
}

function noFields(name: string): HeadraceError {
  return new HeadraceError('VALUE_IS_NO_RECORD', `The value is null or no record, so it has no field "${name}".`);
}
