import { NOTHING, type CelType } from './cel-type.ts';

type Pairs = readonly (readonly [CelType, CelType])[];

/**
 * Tells whether every value of one type is a value of another, without a look at run time.
 * Everything fits `dyn`, but `dyn` fits only `dyn`. Records compare by structure and may have more fields than asked for.
 */
export function isAssignable(from: CelType, to: CelType): boolean {
  return fits(from, to, []);
}

// Types of recursive schemas are cyclic: a pair that is being compared already is taken to fit.
function fits(from: CelType, to: CelType, assumed: Pairs): boolean {
  if (from === to || from === NOTHING || to.kind === 'dyn' || from.kind === 'error' || to.kind === 'error') return true;
  if (to.kind === 'nullable') {
    if (from.kind === 'null') return true;
    return fits(from.kind === 'nullable' ? from.of : from, to.of, assumed);
  }
  if (from.kind === 'optional' && to.kind === 'optional') return fits(from.of, to.of, assumed);
  if (from.kind === 'list' && to.kind === 'list') return fits(from.element, to.element, assumed);
  if (from.kind === 'map' && to.kind === 'map') {
    return fits(from.key, to.key, assumed) && fits(from.value, to.value, assumed);
  }
  if (from.kind === 'string' && to.kind === 'string') return symbolsFit(from.symbols, to.symbols);
  if (from.kind === 'record' && to.kind === 'record') {
    if (assumed.some(([a, b]) => a === from && b === to)) return true;
    const pairs: Pairs = [...assumed, [from, to]];
    return [...to.fields].every(([name, type]) => {
      const own = from.fields.get(name);
      return own !== undefined && fits(own, type, pairs);
    });
  }
  return from.kind === to.kind;
}

function symbolsFit(from: readonly string[] | undefined, to: readonly string[] | undefined): boolean {
  if (to === undefined) return true;
  return from !== undefined && from.every((symbol) => to.includes(symbol));
}
