import { HeadraceError, type Component, type ModuleLoader } from '@headrace/core';
import type { InMemoryLog } from '../log/in-memory-log.ts';

/** What the examples of a component need around them. */
export interface ComplianceContext {
  /** All components that the examples need, such as codecs, and the built-in ones; the one that is looked at may be among them. */
  readonly components: readonly Component[];
  /** Kinds of records that may reach an operator or sink, or be read by a codec. An example stands for those of them that it is valid for. */
  readonly records: readonly SampleRecord[];
  /** Files that the examples name, by their path as written: schemas, functions, and what a source reads. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** Functions that the examples name. */
  readonly modules?: ModuleLoader;
  /** Texts in the examples that name something outside, such as the address of a service, and what stands for them in a test. */
  readonly substitutes?: Readonly<Record<string, string>>;
  /** Topics that a sink writes to: they are made in a Log in memory. */
  readonly topics?: readonly string[];
  /**
   * Returns what a sink has made visible so far, in pieces; unless given these are the files of its folder (unpacked, where their
   * names end with ".gz") and the values of `topics`. Null for a sink that shows nobody what it takes.
   */
  readonly visible?: ((place: SinkPlace) => readonly Uint8Array[]) | null;
}

/** Where a sink writes in a test. */
export interface SinkPlace {
  /** The folder that paths resolve from. */
  readonly folder: string;
  readonly log: InMemoryLog;
}

/** A kind of records: their Avro schema, and values as they are in memory. */
export interface SampleRecord {
  readonly schema: unknown;
  readonly value: unknown;
  /** Further values, such as one that a condition is not true for: together they reach each port of some example. */
  readonly others?: readonly unknown[];
}

/** One statement that must hold of every component. It rejects, with a sentence, where it does not. */
export interface ComponentScenario {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** Throws `NOT_COMPLIANT` with a sentence unless a condition holds. */
export function hold(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new HeadraceError('NOT_COMPLIANT', sentence);
}

/** Lists all values of a kind of records. */
export function valuesOf({ value, others = [] }: SampleRecord): readonly unknown[] {
  return [value, ...others];
}
