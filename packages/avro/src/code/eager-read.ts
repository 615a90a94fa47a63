import {
  code,
  constant,
  join,
  name,
  NO_CODE,
  objectLiteral,
  toFunction,
  value,
  type Code,
  type Name,
} from '@headrace/codegen';
import { defaultValue } from '../default-value.ts';
import { ITEMS_OF_MAP, MAX_ITEMS } from '../limits.ts';
import type { Resolved, ResolvedArray, ResolvedMap, ResolvedRecord, ResolvedUnion } from '../resolved.ts';
import type { Field, LongForm, Schema } from '../schema.ts';
import { eagerPlain, eagerSymbol, textCode } from './eager-plain.ts';
import type { ReadAt } from './read-at.ts';
import { enterCode, indexCode, skipCode, statements, type Walk } from './skip-code.ts';
import { blockCode, SkipFunctions } from './skip-functions.ts';

const NO_PROTOTYPE = constant(() => Object.create(null) as unknown, 'noPrototype');

/**
 * Generates the function that reads a whole value. It gives up at the first byte that it does not expect and leaves the
 * datum to `otherwise`, which reads or refuses it by closures: so both mean the same, errors included.
 * With `toEnd` the value has to end where the datum ends.
 */
export function eagerRead(resolved: Resolved, long: LongForm, toEnd: boolean, otherwise: ReadAt): ReadAt {
  const code_ = new EagerCode(long);
  const [buffer, start, end, result] = [name('buffer'), name('start'), name('end'), name('result')];
  const root = code_.functionOf(resolved);
  const { functions, next } = code_;
  const setup = [code`let ${next} = 0;`, ...code_.declarations];
  const check = toEnd ? code`${next} === ${end}` : code`${next} <= ${end}`;
  return toFunction<ReadAt>({
    name: 'eagerRead',
    params: [buffer, start, end],
    setup: statements([
      functions.isEmpty ? code`let ${functions.items} = 0, ${functions.sized} = 0;` : functions.declarations,
      ...setup,
    ]),
    body: code`
      try {
        ${functions.items} = 0;
        const ${result} = ${root}(${buffer}, ${start}, ${end}, 0);
        if (${check}) return ${result};
      } catch {
        // The closures say what is wrong.
      }
      return ${constant(otherwise, 'otherwise')}(${buffer}, ${start}, ${end});
    `,
  });
}

class EagerCode {
  readonly functions = new SkipFunctions();
  /** The variable in which a function leaves the position after its value. */
  readonly next: Name = name('next');
  readonly declarations: Code[] = [];
  private readonly names = new Map<Resolved, Name>();
  private readonly long: LongForm;

  constructor(long: LongForm) {
    this.long = long;
  }

  /** Returns the function that reads a type: one for each, however often it stands in a schema. */
  functionOf(resolved: Resolved): Name {
    const before = this.names.get(resolved);
    if (before !== undefined) return before;
    const read = name(`read_${resolved.kind}`);
    this.names.set(resolved, read);
    const [buffer, position, end, depth, scratch, result] = ['buffer', 'p', 'end', 'depth', 'n', 'v'].map(name) as [
      Name,
      Name,
      Name,
      Name,
      Name,
      Name,
    ];
    const fail = code`throw null;`;
    const walk: Walk = { buffer, position, end, scratch, fail, depth: code`${depth}`, functions: this.functions };
    const body = this.bodyOf(resolved, result, walk, code`${depth} + 1`);
    this.declarations.push(code`
      function ${read}(${buffer}, ${position}, ${end}, ${depth}) {
        let ${scratch} = 0, ${result};
        ${body}
        ${this.next} = ${position};
        return ${result};
      }
    `);
    return read;
  }

  private bodyOf(resolved: Resolved, result: Name, walk: Walk, depth: Code): Code {
    const inside = { ...walk, depth };
    if (resolved.kind === 'record') return statements([enterCode(walk), this.record(resolved, result, inside)]);
    if (resolved.kind === 'array') return statements([enterCode(walk), this.array(resolved, result, inside)]);
    if (resolved.kind === 'map') return statements([enterCode(walk), this.map(resolved, result, inside)]);
    return this.value(resolved, result, walk);
  }

  private value(resolved: Resolved, result: Name, walk: Walk): Code {
    switch (resolved.kind) {
      case 'plain':
        return eagerPlain(resolved, result, walk, this.long);
      case 'enum':
        return eagerSymbol(resolved, result, walk);
      case 'union':
        return this.union(resolved, result, walk);
      case 'tagged':
        return statements([
          this.value(resolved.value, result, walk),
          code`${result} = ${objectLiteral([[resolved.name, result]])};`,
        ]);
      case 'failure':
        return walk.fail;
      default: {
        const { buffer, position, end, depth } = walk;
        return code`
          ${result} = ${this.functionOf(resolved)}(${buffer}, ${position}, ${end}, ${depth});
          ${position} = ${this.next};
        `;
      }
    }
  }

  private record(record: ResolvedRecord, result: Name, walk: Walk): Code {
    const { fields } = record.reader;
    const values = fields.map((field) => name(field.name));
    const steps = record.steps.map(({ source, target }) => {
      if (target === null) return skipCode(source.type, walk);
      return this.value(target.value, values[target.slot] as Name, walk);
    });
    const defaults = record.defaults.map((slot) => code`${values[slot]} = ${this.defaultOf(fields[slot] as Field)};`);
    const entries = fields.map((field, slot): [string, Name] => [field.name, values[slot] as Name]);
    return statements([
      values.length === 0 ? NO_CODE : code`let ${join(values, ', ')};`,
      ...steps,
      // What is too long is found out here, before more is read of it.
      code`if (${walk.position} > ${walk.end}) ${walk.fail}`,
      ...defaults,
      code`${result} = ${objectLiteral(entries)};`,
    ]);
  }

  private defaultOf(field: Field): Code {
    const made = defaultValue(field, this.long);
    if (typeof made !== 'object' || made === null) return value(made);
    return code`${constant(() => defaultValue(field, this.long), 'makeDefault')}()`;
  }

  private array(array: ResolvedArray, result: Name, walk: Walk): Code {
    const item = name('item');
    return statements([
      code`${result} = [];`,
      this.blocks(array.writer.items, false, walk, [
        code`let ${item};`,
        this.value(array.item, item, walk),
        code`${result}.push(${item});`,
      ]),
    ]);
  }

  private map(map: ResolvedMap, result: Name, walk: Walk): Code {
    const [key, item] = [name('key'), name('item')];
    const { items } = this.functions;
    return statements([
      code`if ((${items} += ${ITEMS_OF_MAP}) > ${MAX_ITEMS}) ${walk.fail}`,
      code`${result} = ${NO_PROTOTYPE}();`,
      this.blocks(map.writer.values, true, walk, [
        code`let ${key}, ${item};`,
        textCode(key, walk),
        this.value(map.value, item, walk),
        code`${result}[${key}] = ${item};`,
      ]),
    ]);
  }

  private blocks(item: Schema, isMap: boolean, walk: Walk, body: readonly Code[]): Code {
    const count = name('count');
    return code`
      for (;;) {
        ${blockCode(item, isMap, count, walk)}
        if (${count} === 0) break;
        for (; ${count} > 0; ${count}--) {
          ${statements(body)}
        }
      }
    `;
  }

  private union(union: ResolvedUnion, result: Name, walk: Walk): Code {
    const cases = union.branches.map(
      (branch, index) => code`
        case ${index * 2}:
          ${statements([this.value(branch, result, walk), code`break;`])}
      `,
    );
    return code`
      ${indexCode(walk)}
      switch (${walk.scratch}) {
        ${join(cases, '\n')}
        default:
          ${walk.fail}
      }
    `;
  }
}
