import type { LogSettings } from '../log/log-settings.ts';
import { Refusal } from '../refusal.ts';
import { topicConfigs, type ConfigDefinition } from './config-definitions.ts';

/** A change of one entry; the operations of IncrementalAlterConfigs. */
export interface ConfigChange {
  readonly name: string;
  readonly operation: 'set' | 'delete' | 'append' | 'subtract';
  readonly value: string | null;
}

/** The configuration of a topic: what was set for it over the defaults. */
export class TopicConfig {
  readonly #defaults: ReadonlyMap<string, string>;
  #own: ReadonlyMap<string, string>;
  #settings: LogSettings;
  readonly #changed: () => void;

  /**
   * Takes the defaults of the broker, what the topic is created with, and who is told of changes; refuses what is no configuration of
   * a topic.
   */
  constructor(defaults: ReadonlyMap<string, string>, own: ReadonlyMap<string, string>, changed: () => void = () => {}) {
    this.#defaults = defaults;
    this.#changed = changed;
    this.#own = checked(own);
    this.#settings = this.#read();
  }

  get settings(): LogSettings {
    return this.#settings;
  }

  /** The entries that were set for the topic. */
  get own(): ReadonlyMap<string, string> {
    return this.#own;
  }

  /** Returns what replaces Kafka's default of an entry; undefined where nothing does. */
  brokerDefault(name: string): string | undefined {
    return this.#defaults.get(name);
  }

  /** Returns the value of an entry; undefined where there is no such entry. */
  get(name: string): string | undefined {
    return this.#own.get(name) ?? this.#defaults.get(name) ?? topicConfigs.get(name)?.default;
  }

  /** Puts what is given in the place of all that was set; only checks it where `validateOnly`. */
  replace(entries: ReadonlyMap<string, string>, validateOnly: boolean): void {
    const own = checked(entries);
    if (!validateOnly) this.#set(own);
  }

  /** Makes single changes, all or none; only checks them where `validateOnly`. */
  change(changes: readonly ConfigChange[], validateOnly: boolean): void {
    const own = new Map(this.#own);
    for (const change of changes) applyChange(own, change, this.get(change.name));
    this.replace(own, validateOnly);
  }

  #set(own: ReadonlyMap<string, string>): void {
    this.#own = own;
    this.#settings = this.#read();
    this.#changed();
  }

  #read(): LogSettings {
    const number = (name: string): number => Number(this.get(name));
    const policies = (this.get('cleanup.policy') ?? '').split(',');
    return {
      segmentBytes: number('segment.bytes'),
      segmentMs: number('segment.ms'),
      retentionBytes: number('retention.bytes'),
      retentionMs: number('retention.ms'),
      maxMessageBytes: number('max.message.bytes'),
      logAppendTime: this.get('message.timestamp.type') === 'LogAppendTime',
      timestampAfterMaxMs: number('message.timestamp.after.max.ms'),
      timestampBeforeMaxMs: number('message.timestamp.before.max.ms'),
      deletes: policies.includes('delete'),
      compacts: policies.includes('compact'),
      minDirtyRatio: number('min.cleanable.dirty.ratio'),
      minCompactionLagMs: number('min.compaction.lag.ms'),
      deleteRetentionMs: number('delete.retention.ms'),
    };
  }
}

function applyChange(own: Map<string, string>, { name, operation, value }: ConfigChange, current = ''): void {
  if (operation === 'delete') return void own.delete(name);
  if (value === null) throw new Refusal('INVALID_CONFIG', `Null value not supported for ${name}.`);
  if (operation === 'set') return void own.set(name, value);
  const definition = topicConfigs.get(name);
  if (definition !== undefined && definition.type !== 'list')
    throw new Refusal('INVALID_CONFIG', `Can't ${operation} to key ${name} because its type is not LIST.`);
  const items = current.split(',').filter((item) => item !== '');
  const given = value.split(',');
  const rest = items.filter((item) => !given.includes(item));
  own.set(name, (operation === 'append' ? [...rest, ...given] : rest).join(','));
}

function checked(entries: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  for (const [name, value] of entries) {
    const definition = topicConfigs.get(name);
    if (definition === undefined) throw new Refusal('INVALID_CONFIG', `Unknown topic config name: ${name}`);
    if (!isValid(definition, value))
      throw new Refusal('INVALID_CONFIG', `Invalid value ${value} for configuration ${name}`);
  }
  return entries;
}

function isValid({ type, values, least = -Infinity }: ConfigDefinition, value: string): boolean {
  switch (type) {
    case 'boolean':
      return /^(true|false)$/i.test(value);
    case 'string':
      return values === undefined || values.includes(value);
    case 'list':
      return values === undefined || (value !== '' && value.split(',').every((item) => values.includes(item.trim())));
    case 'double':
      return /^-?\d+(\.\d+)?$/.test(value) && Number(value) >= least;
    case 'int':
      return /^-?\d+$/.test(value) && Number(value) >= least && Number(value) < 2 ** 31;
    case 'long':
      return /^-?\d+$/.test(value) && Number(value) >= least;
  }
}
