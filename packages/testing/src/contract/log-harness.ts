import type { Log, TopicPartition } from '@headrace/core';

/** A Log under test, made anew for each scenario: its group must be new, and topics of the same name must not exist. */
export interface LogHarness {
  readonly log: Log;
  /** Makes a topic and resolves when the Log can see it. */
  createTopic(name: string, partitions: number): Promise<void>;
  /** Deletes the records of a partition below an offset, as retention does. */
  deleteBefore(partition: TopicPartition, offset: number): Promise<void>;
  close(): Promise<void>;
}

/** One promise of a Log as a function that throws where it is broken. */
export interface LogScenario {
  /** Says in the present tense what a Log does. */
  readonly name: string;
  readonly run: (harness: LogHarness) => Promise<void>;
}
