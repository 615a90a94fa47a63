import fc from 'fast-check';

/** What is done to a topology. */
export interface Mutation {
  /** Which topology, and which place in it, as parts of their numbers. */
  readonly topology: number;
  readonly at: number;
  readonly kind: 'value' | 'drop' | 'double' | 'cut' | 'insert' | 'swap';
  readonly value: string;
  readonly text: string;
  readonly other: number;
}

// Not a double of fast-check: those are spread over their exponents, so that nearly all lie at the beginning.
const part = () => fc.integer({ min: 0, max: 9999 }).map((n) => n / 10_000);

const values = [
  'null',
  '0',
  '-1',
  '""',
  '"x"',
  '[]',
  '{}',
  '[1]',
  'true',
  '{"$param":"x"}',
  '{"$cel":"a"}',
  '{"$use":"a#b"}',
  '"1s"',
  '1e999',
  '{"__proto__":1}',
  '"error"',
];

/** Mutations of chance. */
export const mutation: fc.Arbitrary<Mutation> = fc.record({
  topology: part(),
  at: part(),
  kind: fc.constantFrom('value', 'drop', 'double', 'cut', 'insert', 'swap'),
  value: fc.constantFrom(...values),
  text: fc.string({ maxLength: 5 }),
  other: part(),
});

/** Replaces, repeats or takes out a token of JSON, or any characters. */
export function mutateText(text: string, { at, kind, value, text: inserted, other }: Mutation): string {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[-\w.]+|\s+|[^\s]/g) ?? [''];
  const index = Math.floor(at * tokens.length);
  const second = Math.floor(other * tokens.length);
  const token = tokens[index] as string;
  if (kind === 'value') tokens[index] = value;
  if (kind === 'drop') tokens[index] = '';
  if (kind === 'double') tokens[index] = token + token;
  if (kind === 'cut') tokens[index] = token.slice(0, Math.floor(token.length / 2));
  if (kind === 'insert') tokens[index] = token.slice(0, 1) + inserted + token.slice(1);
  if (kind === 'swap') [tokens[index], tokens[second]] = [tokens[second] as string, token];
  return tokens.join('');
}

interface Place {
  readonly owner: Record<string, unknown>;
  readonly key: string;
}

function placesIn(owner: unknown): Place[] {
  if (typeof owner !== 'object' || owner === null) return [];
  return Object.keys(owner).flatMap((key) => [
    { owner: owner as Record<string, unknown>, key },
    ...placesIn((owner as Record<string, unknown>)[key]),
  ]);
}

/** Replaces, renames or takes out any part of the data: the text stays JSON, so that it reaches further. */
export function mutateData(root: Record<string, unknown>, { at, kind, value, text, other }: Mutation): void {
  const places = placesIn(root);
  const { owner, key } = places[Math.floor(at * places.length)] as Place;
  const donor = places[Math.floor(other * places.length)] as Place;
  const old = owner[key];
  if (kind === 'value') owner[key] = JSON.parse(value.replace('1e999', '1e9'));
  if (kind === 'drop') delete owner[key];
  if (kind === 'double') owner[`${key}${text}`] = old;
  if (kind === 'cut') owner[key] = typeof old === 'string' ? old.slice(1) : [old];
  if (kind === 'insert') owner[key] = typeof old === 'string' ? old.replace(/\W|$/, `${text.replaceAll('$', '')}$&`) : text;
  if (kind === 'swap') owner[key] = structuredClone(donor.owner[donor.key]);
}
