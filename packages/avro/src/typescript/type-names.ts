import { shortName } from '../names.ts';
import type { EnumSchema, RecordSchema } from '../schema.ts';

/** Names that printed types use themselves. */
const TAKEN = ['Decimal', 'Duration', 'Uint8Array'];

/** Gives each named type of a schema a TypeScript name of its own. */
export class TypeNames {
  readonly #names = new Map<RecordSchema | EnumSchema, string>();
  readonly #taken = new Set(TAKEN);

  /** Returns the name of a type: its own, with the namespace where two would be the same; `suggestion` where it has none. */
  of(schema: RecordSchema | EnumSchema, suggestion: string): string {
    const before = this.#names.get(schema);
    if (before !== undefined) return before;
    const full = schema.name ?? suggestion;
    const short = pascalCase(shortName(full));
    const name = this.#taken.has(short) ? this.take(full.replaceAll('.', '_')) : this.take(short);
    this.#names.set(schema, name);
    return name;
  }

  /** Takes a name, with a number where it is taken. */
  take(wanted: string): string {
    const base = pascalCase(wanted);
    let name = base;
    for (let number = 2; this.#taken.has(name); number++) name = `${base}${number}`;
    this.#taken.add(name);
    return name;
  }
}

function pascalCase(name: string): string {
  const parts = name.split(/[^A-Za-z0-9]+/).filter((part) => part !== '');
  const joined = parts.map((part) => (part[0] as string).toUpperCase() + part.slice(1)).join('');
  return /^[A-Za-z]/.test(joined) ? joined : `Type${joined}`;
}
