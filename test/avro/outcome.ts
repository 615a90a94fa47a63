import { AvroError } from '@headrace/avro';

/** Is what reading or writing came to. */
export type Outcome = { readonly value: unknown } | { readonly code: string };

/** Runs something and returns its value or the code of its AvroError. */
export function outcomeOf(run: () => unknown): Outcome {
  try {
    return { value: run() };
  } catch (error) {
    if (error instanceof AvroError) return { code: error.code };
    throw error;
  }
}
