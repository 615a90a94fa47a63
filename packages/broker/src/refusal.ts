import { errorCode, type KafkaErrorName } from '@headrace/protocol';

/** Reports that a broker refuses a request or one of its parts, with the error code that its answer carries. */
export class Refusal extends Error {
  readonly code: number;

  constructor(name: KafkaErrorName, message: string = name) {
    super(message);
    this.name = 'Refusal';
    this.code = errorCode(name);
  }
}

/** Returns what `work` returns, or what `refused` makes of the refusal that it throws; other errors pass. */
export function orRefused<T, R>(work: () => T, refused: (refusal: Refusal) => R): T | R {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) return refused(error);
    throw error;
  }
}
