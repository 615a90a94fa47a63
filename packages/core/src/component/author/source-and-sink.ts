import type { SinkSpec, SourceSpec } from './stream.ts';
import { writtenOptions, type ParameterReference, type Written } from './written.ts';

type Policy = 'fail' | 'skip' | 'deadLetter';

/** What every source takes in TypeScript beside its own options. */
export interface SourceExtras {
  readonly renamedFrom?: string;
  readonly onError?: { readonly decode?: Policy; readonly process?: Policy };
  readonly cluster?: string;
}

/** What every sink takes in TypeScript beside its own options. */
export interface SinkExtras {
  readonly renamedFrom?: string;
  readonly onError?: { readonly process?: Policy; readonly deliver?: Policy };
  readonly cluster?: string;
  readonly batch?: Written<{ readonly records?: number; readonly bytes?: string; readonly delay?: string }>;
  readonly retry?: Written<{
    readonly attempts?: number;
    readonly for?: string;
    readonly delay?: string;
    readonly maxDelay?: string;
  }>;
  readonly required?: boolean | ParameterReference;
}

/** Makes what a source's function returns in a TypeScript topology; `V` is the type of its values. */
export function sourceSpec<V>(type: string, options: object): SourceSpec<V> {
  return { type, options: writtenOptions(options) };
}

/** Makes what a sink's function returns in a TypeScript topology; `V` is the type of the values that it takes. */
export function sinkSpec<V = unknown>(type: string, options: object): SinkSpec<V> {
  return { type, options: writtenOptions(options) };
}
