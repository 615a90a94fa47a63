import { bitFunctions } from './bits.ts';
import { calendarFunctions } from './calendar.ts';
import { collectionFunctions } from './collections.ts';
import { conversions } from './conversions.ts';
import { decimalFunctions } from './decimals.ts';
import { digestFunctions } from './digests.ts';
import { encoderFunctions } from './encoders.ts';
import { extremeFunctions } from './extremes.ts';
import { formatFunctions } from './format.ts';
import { jsonFunctions } from './json.ts';
import { listFunctions } from './lists.ts';
import { mathFunctions } from './math.ts';
import { optionalFunctions } from './optionals.ts';
import type { Overload } from './overload.ts';
import { patternFunctions } from './patterns.ts';
import { setFunctions } from './sets.ts';
import { stringFunctions } from './strings.ts';
import { timeFunctions } from './time.ts';

const all: readonly Overload[] = [
  ...stringFunctions,
  ...collectionFunctions,
  ...optionalFunctions,
  ...conversions,
  ...decimalFunctions,
  ...timeFunctions,
  ...calendarFunctions,
  ...mathFunctions,
  ...extremeFunctions,
  ...bitFunctions,
  ...listFunctions,
  ...setFunctions,
  ...patternFunctions,
  ...formatFunctions,
  ...encoderFunctions,
  ...digestFunctions,
  ...jsonFunctions,
];

const byId: ReadonlyMap<string, Overload> = new Map(all.map((overload) => [overload.id, overload]));
const byName = new Map<string, Overload[]>();
for (const overload of all) {
  const known = byName.get(overload.name);
  if (known === undefined) byName.set(overload.name, [overload]);
  else known.push(overload);
}

/** Finds the overload that a checked tree names. */
export function overloadById(id: string): Overload {
  const overload = byId.get(id);
  if (overload === undefined) throw new Error(`Overload "${id}" does not exist.`);
  return overload;
}

/** Lists the overloads of a function, of both forms. */
export function overloadsOf(name: string): readonly Overload[] {
  return byName.get(name) ?? [];
}

/** Lists the names of all functions. */
export function functionNames(): string[] {
  return [...byName.keys()];
}
