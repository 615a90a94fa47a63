import { code, constant, name, NO_CODE, type Code, type Name } from '@headrace/codegen';
import { ITEMS_OF_MAP, MAX_ITEMS } from '../limits.ts';
import type { ArraySchema, MapSchema, RecordSchema, Schema } from '../schema.ts';
import { sizeOf } from '../sizes.ts';
import { enterCode, skipCode, skipFields, statements, type Walk } from './skip-code.ts';
import { afterBlockHead, blockCount } from './varint.ts';

const BLOCK_COUNT = constant(blockCount);
const AFTER_BLOCK_HEAD = constant(afterBlockHead);

/**
 * Collects the functions that pass over arrays, maps and large records: one for each type, however often it stands in
 * a schema, so that the code grows no faster than the schema. Each returns the position after the value, or -1.
 */
export class SkipFunctions {
  private readonly names = new Map<Schema, Name>();
  private readonly functions: Code[] = [];
  /** The variable that counts the items of a datum. */
  readonly items: Name = name('items');
  /** The variable that tells whether a block of the datum says its size, which may be wrong. */
  readonly sized: Name = name('sized');

  /** Returns the function that passes over a type. */
  skipOf(schema: Schema): Name {
    const before = this.names.get(schema);
    if (before !== undefined) return before;
    const skip = name(`skip_${schema.kind}`);
    this.names.set(schema, skip);
    this.define(skip, (walk, depth) =>
      statements([enterCode({ ...walk, depth: code`${depth}` }), this.bodyOf(schema, walk)]),
    );
    return skip;
  }

  /** Returns the function that passes over some values that follow each other. */
  skipOfRun(types: readonly Schema[]): Name {
    const skip = name('skip_run');
    this.define(skip, (walk, depth) =>
      statements(types.map((type) => skipCode(type, { ...walk, depth: code`${depth}` }))),
    );
    return skip;
  }

  /** Returns whether there is none. */
  get isEmpty(): boolean {
    return this.functions.length === 0;
  }

  /** Returns the statement that begins a datum. */
  get reset(): Code {
    return this.isEmpty ? NO_CODE : code`${this.items} = ${this.sized} = 0;`;
  }

  /** Returns the declarations of all of them. */
  get declarations(): Code {
    if (this.functions.length === 0) return NO_CODE;
    return statements([code`let ${this.items} = 0, ${this.sized} = 0;`, ...this.functions]);
  }

  private define(skip: Name, body: (walk: Walk, depth: Name) => Code): void {
    const [buffer, position, end, depth, scratch] = ['buffer', 'p', 'end', 'depth', 'n'].map(name) as [
      Name,
      Name,
      Name,
      Name,
      Name,
    ];
    const walk = { buffer, position, end, scratch, fail: code`return -1;`, depth: code`${depth} + 1`, functions: this };
    this.functions.push(code`
      function ${skip}(${buffer}, ${position}, ${end}, ${depth}) {
        let ${scratch} = 0;
        ${body(walk, depth)}
        return ${position} > ${end} ? -1 : ${position};
      }
    `);
  }

  private bodyOf(schema: Schema, walk: Walk): Code {
    if (schema.kind === 'array') return this.blocks(schema, schema.items, walk);
    if (schema.kind === 'map') return this.blocks(schema, schema.values, walk);
    return skipFields(schema as RecordSchema, walk);
  }

  private blocks(schema: ArraySchema | MapSchema, item: Schema, walk: Walk): Code {
    const isMap = schema.kind === 'map';
    const key = isMap ? skipCode({ kind: 'string' }, walk) : NO_CODE;
    const body = statements([key, skipCode(item, walk)]);
    const count = name('count');
    const loop =
      body === NO_CODE
        ? NO_CODE
        : code`
            for (; ${count} > 0; ${count}--) {
              ${body}
            }
          `;
    return statements([
      isMap ? code`if ((${this.items} += ${ITEMS_OF_MAP}) > ${MAX_ITEMS}) return -1;` : NO_CODE,
      code`
        for (;;) {
          ${blockCode(item, isMap, count, walk)}
          if (${count} === 0) break;
          ${loop}
        }
      `,
    ]);
  }
}

/** Writes the statements that read the head of a block into a new variable and guard it as `Reader.readBlock` does. */
export function blockCode(item: Schema, isMap: boolean, count: Name, walk: Walk): Code {
  const { buffer, position, end, fail, functions } = walk;
  const { bytes, empties } = sizeOf(item);
  const minimum = bytes + (isMap ? 1 : 0);
  const weight = Math.max(1, empties);
  return code`
    let ${count} = ${buffer}[${position}++];
    if (${count} > 0x7f || (${count} & 1) !== 0) {
      ${functions.sized} |= ${count} & 1;
      ${count} = ${BLOCK_COUNT}(${buffer}, ${position} - 1, ${end});
      ${position} = ${AFTER_BLOCK_HEAD}(${buffer}, ${position} - 1);
    } else {
      ${count} >>>= 1;
    }
    if (${count} !== 0 && (${count} < 0 || ${count} * ${minimum} > ${end} - ${position} || (${functions.items} += ${count} * ${weight}) > ${MAX_ITEMS})) ${fail}
  `;
}
