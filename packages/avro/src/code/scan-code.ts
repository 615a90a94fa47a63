import { code, name, NO_CODE, type Code, type Name } from '@headrace/codegen';
import type { Field, Schema, UnionSchema } from '../schema.ts';
import type { Resolved, ResolvedRecord, ResolvedUnion } from '../resolved.ts';
import { indexCode, skipCode, statements, type Walk } from './skip-code.ts';
import { leavesBelow, type Leaf, type Site, type Want } from './want.ts';

const LONG_RUN = 24;

/**
 * Writes the one walk through a datum: it checks the structure of everything and notes where what is asked for lies.
 * A position that ends one field and begins the next has one variable.
 */
export class ScanCode {
  /** The variables that the walk sets. */
  readonly variables: Name[] = [];
  private readonly walk: Walk;
  private readonly ranges: boolean;
  // The variable that holds the position where the walk stands, if one does.
  private here: Name | null = null;

  constructor(walk: Walk, ranges: boolean) {
    this.walk = walk;
    this.ranges = ranges;
  }

  /** Writes the walk through a value. */
  value(writer: Schema, resolved: Resolved, want: Want, depth: number): Code {
    const { leaf } = want;
    const begin = leaf === null ? NO_CODE : this.begin(leaf, { kind: 'bytes', writer, resolved });
    const inside = this.inside(writer, resolved, want, depth);
    const end = leaf === null ? NO_CODE : this.end(leaf);
    return statements([begin, inside, end]);
  }

  private inside(writer: Schema, resolved: Resolved, want: Want, depth: number): Code {
    if (want.fields.size > 0) {
      if (resolved.kind === 'record') return this.record(resolved, want, depth);
      if (resolved.kind === 'union') return this.union(resolved, want, depth);
      const site: Site = resolved.kind === 'failure' ? { kind: 'bytes', writer, resolved } : { kind: 'null' };
      const notes = leavesBelow(want).map((leaf) => this.begin(leaf, site));
      return statements([...notes, this.skip(writer, depth)]);
    }
    return this.skip(writer, depth);
  }

  private record(resolved: ResolvedRecord, want: Want, depth: number): Code {
    const parts: Code[] = [];
    let run: Field[] = [];
    const flush = () => {
      parts.push(this.skipRun(run, depth + 1));
      run = [];
    };
    for (const { source, target } of resolved.steps) {
      const field = target === null ? undefined : resolved.reader.fields[target.slot];
      const wanted = field === undefined ? undefined : want.fields.get(field.name);
      if (wanted === undefined || target === null) {
        run.push(source);
        continue;
      }
      flush();
      parts.push(this.value(source.type, target.value, wanted, depth + 1));
    }
    flush();
    for (const slot of resolved.defaults) {
      const field = resolved.reader.fields[slot] as Field;
      const wanted = want.fields.get(field.name);
      if (wanted !== undefined) parts.push(this.defaults(wanted, field, []));
    }
    return statements(parts);
  }

  private union(resolved: ResolvedUnion, want: Want, depth: number): Code {
    for (const leaf of leavesBelow(want)) {
      if (leaf.variant !== null) continue;
      leaf.variant = this.variable('variant');
      leaf.at = this.variable('at');
    }
    const { writer } = resolved;
    const cases = resolved.branches.map((branch, index) => {
      this.here = null;
      return code`
        case ${index * 2}:
          ${statements([this.value((writer as UnionSchema).branches[index] as Schema, branch, { leaf: null, fields: want.fields }, depth), code`break;`])}
      `;
    });
    this.here = null;
    return code`
      ${indexCode(this.walk)}
      switch (${this.walk.scratch}) {
        ${statements(cases)}
        default:
          ${this.walk.fail}
      }
    `;
  }

  private defaults(want: Want, field: Field, rest: readonly string[]): Code {
    const parts = want.leaf === null ? [] : [this.begin(want.leaf, { kind: 'default', field, rest })];
    for (const [step, inner] of want.fields) parts.push(this.defaults(inner, field, [...rest, step]));
    return statements(parts);
  }

  /** Notes that a value begins here. */
  private begin(leaf: Leaf, site: Site): Code {
    leaf.sites.push(site);
    if (leaf.variant !== null) {
      const note = code`${leaf.variant} = ${leaf.sites.length - 1};`;
      return site.kind === 'bytes' ? statements([note, code`${leaf.at} = ${this.walk.position};`]) : note;
    }
    if (site.kind !== 'bytes') return NO_CODE;
    const isKnown = this.here !== null;
    this.here ??= this.variable('at');
    leaf.at = this.here;
    return isKnown ? NO_CODE : code`${leaf.at} = ${this.walk.position};`;
  }

  /** Notes that a value ends here. */
  private end(leaf: Leaf): Code {
    if (!this.ranges || leaf.variant !== null) return NO_CODE;
    const isKnown = this.here !== null;
    this.here ??= this.variable('at');
    leaf.end = this.here;
    return isKnown ? NO_CODE : code`${leaf.end} = ${this.walk.position};`;
  }

  private skip(writer: Schema, depth: number): Code {
    const skip = skipCode(writer, { ...this.walk, depth });
    if (skip !== NO_CODE) this.here = null;
    return skip;
  }

  private skipRun(run: readonly Field[], depth: number): Code {
    if (run.length < LONG_RUN) return statements(run.map((field) => this.skip(field.type, depth)));
    this.here = null;
    const { buffer, position, end, fail, functions } = this.walk;
    const skip = functions.skipOfRun(run.map((field) => field.type));
    return code`if ((${position} = ${skip}(${buffer}, ${position}, ${end}, ${depth})) < 0) ${fail}`;
  }

  private variable(hint: string): Name {
    const variable = name(hint);
    this.variables.push(variable);
    return variable;
  }
}
