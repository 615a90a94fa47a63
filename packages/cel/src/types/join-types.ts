import { DYN, NOTHING, listOf, mapOf, nullableOf, optionalOf, type CelType } from './cel-type.ts';
import { isAssignable } from './is-assignable.ts';

/** Gives the narrowest type that holds the values of both; `dyn` where there is none. With null it is the nullable type. */
export function joinTypes(a: CelType, b: CelType): CelType {
  if (a === b || b === NOTHING) return a;
  if (a === NOTHING) return b;
  if (a.kind === 'error' || b.kind === 'error') return a.kind === 'error' ? a : b;
  if (a.kind === 'dyn' || b.kind === 'dyn') return DYN;
  if (a.kind === 'null') return nullableOf(b);
  if (b.kind === 'null') return nullableOf(a);
  if (a.kind === 'nullable') return nullableOf(joinTypes(a.of, b.kind === 'nullable' ? b.of : b));
  if (b.kind === 'nullable') return nullableOf(joinTypes(a, b.of));
  if (a.kind === 'optional' && b.kind === 'optional') return optionalOf(joinTypes(a.of, b.of));
  if (a.kind === 'list' && b.kind === 'list') return listOf(joinTypes(a.element, b.element));
  if (a.kind === 'map' && b.kind === 'map') return mapOf(joinTypes(a.key, b.key), joinTypes(a.value, b.value));
  if (a.kind === 'string' && b.kind === 'string') return joinSymbols(a.symbols, b.symbols);
  if (a.kind === 'record' && b.kind === 'record') {
    if (isAssignable(a, b)) return isAssignable(b, a) ? a : b;
    return isAssignable(b, a) ? a : DYN;
  }
  return a.kind === b.kind ? a : DYN;
}

function joinSymbols(a: readonly string[] | undefined, b: readonly string[] | undefined): CelType {
  if (a === undefined || b === undefined) return { kind: 'string' };
  return { kind: 'string', symbols: [...new Set([...a, ...b])] };
}
