import type { ValueFunction } from '../record-view.ts';
import type { UserFunction } from '../user-function.ts';

/** Stands for a parameter of the topology, where an option takes a literal. */
export interface ParameterReference {
  readonly $param: string;
}

/** Stands for an expression in a file of the topology's folder. */
export interface ExpressionFile {
  readonly $cel: string;
}

/** An expression that stands where no function may: a text of CEL, the lines of one, or a file of one. */
export type WrittenText = string | readonly string[] | ExpressionFile;

/** The function that a whole node calls: itself, or the export of a file, as `{ $use: './file.ts#name' }`. */
export type WrittenFunction<F> = F | { readonly $use: `${string}#${string}` };

/** A function with the schema of what it makes: an export of a file, or a lambda. */
export interface FunctionWithSchema<V, R> {
  readonly $use: string | ValueFunction<V, R>;
  readonly returns?: unknown;
}

/** An expression as an author writes it in TypeScript: a text of CEL, the lines of one, a file of one, or a function. */
export type WrittenExpression<V = never, R = unknown> = WrittenText | ValueFunction<V, R> | FunctionWithSchema<V, R>;

/** Options as an author writes them in TypeScript: what is filled in later may stand as a parameter. Functions are typed by each component itself. */
export type Written<T> = T extends UserFunction
  ? never
  : T extends readonly (infer E)[]
    ? readonly Written<E>[] | ParameterReference
    : T extends object
      ? { readonly [K in keyof T]: Written<T[K]> } | ParameterReference
      : unknown extends T
        ? unknown
        : T | ParameterReference;

/** Makes of a node's function what its options hold. */
export function useOf(use: WrittenFunction<unknown>): { readonly $use: unknown } {
  return typeof use === 'object' && use !== null && '$use' in use ? { $use: use.$use } : { $use: use };
}

/** Makes plain data of what an author wrote: a lambda becomes `{ "$use": lambda }`, what is undefined is left out. */
export function writtenOptions(options: object): Record<string, unknown> {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, writtenValue(name, value)]));
}

function writtenValue(name: string, value: unknown): unknown {
  if (typeof value === 'function') return name === '$use' ? value : { $use: value };
  if (Array.isArray(value)) return value.map((item: unknown) => writtenValue('', item));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return writtenOptions(value);
}
