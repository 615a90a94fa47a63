import {
  code,
  constant,
  join,
  literal,
  name,
  NO_CODE,
  objectLiteral,
  toFunction,
  type Code,
  type Name,
} from '@headrace/codegen';
import { nonNullBranch } from '../branches.ts';
import type { LongForm, RecordSchema, Schema } from '../schema.ts';
import { readerCode, type FieldCode, type ReaderInput } from './reader-code.ts';
import { statements } from './skip-code.ts';

/** Shows one record after another as an object whose fields are decoded when they are asked for. */
export interface View {
  /**
   * The record: an object with the reader's fields as enumerable properties that cannot be set, always the same one.
   * It shows what was set last; reading a field of wrong content throws AvroError.
   */
  readonly value: Readonly<Record<string, unknown>>;
  /**
   * Points the object at the datum that fills the bytes from `start` to `end` of a Buffer; `bytes` is a DataView over
   * it. Throws AvroError where its structure is wrong. The buffer is held until `release` or the next `set`.
   */
  set(buffer: Buffer, bytes: DataView, start: number, end: number): void;
  /** Returns a copy of all fields, which stays as it is; throws AvroError for content that is wrong. */
  detach(): Record<string, unknown>;
  /** Lets go of the bytes: until the next `set` no field may be read. */
  release(): void;
}

/** Says how a view behaves. */
export interface ViewOptions {
  /** How longs are held in memory: `number` unless given; what a schema says goes before it. */
  readonly long?: LongForm;
  /** Is called where a field is read after `release`, and throws; without it such a read has no meaning. */
  readonly expired?: () => never;
}

const CHEAP = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'enum']);
const BITS = 30;
const NO_BYTES = constant(Buffer.alloc(0), 'noBytes');
const NO_VIEW = constant(new DataView(new ArrayBuffer(0)), 'noView');

/**
 * Generates views of what `writer` wrote as records of `reader`; each call of what is returned makes another one.
 * Texts, lists, maps and records are decoded on their first use and remembered until the next record; numbers are
 * decoded anew, which costs less than remembering them.
 */
export function viewOf(writer: Schema, reader: RecordSchema, options: ViewOptions = {}): () => View {
  const { long = 'number', expired } = options;
  const input = namesOfInput();
  const [live, value] = [name('live'), name('value')];
  const { buffer, view, start, end } = input;
  const paths = reader.fields.map((field) => [field.name]);
  const made = readerCode(writer, reader, paths, input, { ranges: false, long });
  const guard = expired === undefined ? NO_CODE : code`if (!${live}) ${constant(expired, 'expired')}();`;
  const memory = new Memory();
  const getters = made.fields.map((field) => getterCode(field, guard, memory));
  const detached = made.fields.map((field): [string, Code] => {
    const key = field.path[0] as string;
    return [key, code`${value}[${literal(key)}]`];
  });
  const given = namesOfInput();
  return toFunction<() => View>({
    name: 'view',
    params: [],
    body: code`
      ${made.setup}
      ${made.declare}
      let ${buffer} = ${NO_BYTES}, ${view} = ${NO_VIEW}, ${start} = 0, ${end} = 0, ${live} = false;
      ${memory.declarations}
      const ${value} = {
        ${join(getters, ', ')}
      };
      return {
        value: ${value},
        set(${given.buffer}, ${given.view}, ${given.start}, ${given.end}) {
          ${buffer} = ${given.buffer};
          ${view} = ${given.view};
          ${start} = ${given.start};
          ${end} = ${given.end};
          ${live} = false;
          ${memory.forget}
          ${made.scan}
          ${live} = true;
        },
        detach() {
          return ${objectLiteral(detached)};
        },
        release() {
          ${live} = false;
          ${buffer} = ${NO_BYTES};
          ${view} = ${NO_VIEW};
          ${memory.forget}
          ${memory.clear}
        },
      };
    `,
  });
}

function namesOfInput(): ReaderInput {
  return { buffer: name('buffer'), view: name('view'), start: name('start'), end: name('end') };
}

/** Remembers what was decoded, with one bit for each field. */
class Memory {
  private readonly masks: Name[] = [];
  private readonly values: Name[] = [];

  /** Returns the variable of one more field, and the code that tells and says that it holds something. */
  add(): { readonly value: Name; readonly isKnown: Code; readonly know: Code } {
    const index = this.values.length;
    if (index % BITS === 0) this.masks.push(name('known'));
    const mask = this.masks.at(-1) as Name;
    const value = name('remembered');
    this.values.push(value);
    const bit = 1 << (index % BITS);
    return { value, isKnown: code`(${mask} & ${bit}) !== 0`, know: code`${mask} |= ${bit};` };
  }

  get declarations(): Code {
    const variables = [...this.masks.map((mask) => code`${mask} = 0`), ...this.values];
    return variables.length === 0 ? NO_CODE : code`let ${join(variables, ', ')};`;
  }

  get forget(): Code {
    return statements(this.masks.map((mask) => code`${mask} = 0;`));
  }

  get clear(): Code {
    return statements(this.values.map((value) => code`${value} = undefined;`));
  }
}

function getterCode(field: FieldCode, guard: Code, memory: Memory): Code {
  const key = literal(field.path[0] as string);
  if (isCheap(field.type)) {
    return code`
      get ${key}() {
        ${statements([guard, code`return ${field.value};`])}
      }
    `;
  }
  const { value, isKnown, know } = memory.add();
  const decode = code`
    if (!(${isKnown})) {
      ${value} = ${field.value};
      ${know}
    }
  `;
  return code`
    get ${key}() {
      ${statements([guard, decode, code`return ${value};`])}
    }
  `;
}

function isCheap(type: Schema): boolean {
  const plain = nonNullBranch(type) ?? type;
  return CHEAP.has(plain.kind) && !(plain.kind === 'long' && plain.long === 'bigint');
}
