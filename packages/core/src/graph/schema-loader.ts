import path from 'node:path';
import { parseSchema, parseSchemaText, readExactly, SchemaError } from '@headrace/avro';
import type { Schema } from '@headrace/avro';
import type { Finding, Path } from '../component/finding.ts';
import { definitionLimits, parseDefinition } from '../definition/parse-definition.ts';
import { shorten } from '../definition/format-path.ts';
import { TextDocument } from '../definition/text-document.ts';

type Loaded = { readonly schema: Schema } | { readonly code: string; readonly message: string; readonly at?: Path };

const primitives = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'];

/**
 * Loads the schemas that a topology names, each file once, so that one file is one schema everywhere. A type that a schema names
 * and does not define is looked for in the files beside it: `<full name>.avsc`, then `<name>.avsc`.
 */
export class SchemaLoader {
  readonly #readFile: (path: string) => string;
  readonly #told = new Set<unknown>();
  readonly #files = new Map<string, Loaded>();
  readonly #inline = new Map<object, Loaded>();

  /** `readFile` reads a file named relative to the topology and throws where there is none. */
  constructor(readFile: (path: string) => string) {
    this.#readFile = readFile;
  }

  /** Loads a schema by path, by the name of a primitive type, or as written inline; null where it is wrong. */
  load(at: Path, reference: unknown, report: (finding: Finding) => void): Schema | null {
    const loaded = this.#loaded(reference);
    if ('schema' in loaded) return loaded.schema;
    const { code, message, at: within = [] } = loaded;
    // A file with mistakes is one, however many name it.
    if (code === 'SCHEMA_INVALID' && typeof reference === 'string' && this.#told.has(reference)) return null;
    this.#told.add(reference);
    report({ code, severity: 'error', at: [...at, ...within], message });
    return null;
  }

  /** Loads all schemas that stand in a node's options, wherever: what is wrong with one is said by whoever needs it. */
  loadAll(options: unknown): void {
    if (typeof options !== 'object' || options === null) return;
    for (const [name, value] of Object.entries(options)) {
      if (schemaKeys.has(name)) this.#loaded(value);
      else this.loadAll(value);
    }
  }

  /** Lists the schemas that were loaded so far. */
  loaded(): readonly Schema[] {
    const all = [...this.#files.values(), ...this.#inline.values()];
    return all.flatMap((loaded) => ('schema' in loaded ? [loaded.schema] : []));
  }

  #loaded(reference: unknown): Loaded {
    const isPath = typeof reference === 'string' && !primitives.includes(reference);
    if (!isPath && (typeof reference !== 'object' || reference === null)) return this.#parsed(reference);
    const known: Map<unknown, Loaded> = isPath ? this.#files : this.#inline;
    let loaded = known.get(reference);
    if (loaded === undefined)
      known.set(reference, (loaded = isPath ? this.#fromFile(reference) : this.#parsed(reference)));
    return loaded;
  }

  #fromFile(file: string): Loaded {
    const name = `"${shorten(file, 80)}"`;
    const text = this.#textOf(file);
    if (text === null) return { code: 'SCHEMA_NOT_FOUND', message: `the schema ${name} cannot be read.` };
    if (text.length > definitionLimits.bytes)
      return { code: 'SCHEMA_INVALID', message: `the schema ${name} is larger than 4 MiB.` };
    try {
      return { schema: parseSchemaText(text, { find: (type) => this.#findBeside(file, type) }) };
    } catch (thrown) {
      return faultOf(thrown, file, text);
    }
  }

  // What is written inline lies where the topology does.
  #parsed(json: unknown): Loaded {
    try {
      return { schema: parseSchema(json, { find: (type) => this.#findBeside('topology.json', type) }) };
    } catch (thrown) {
      return faultOf(thrown, null, '');
    }
  }

  #findBeside(file: string, fullName: string): { source: string; json: unknown } | undefined {
    for (const name of new Set([fullName, fullName.slice(fullName.lastIndexOf('.') + 1)])) {
      const source = path.join(path.dirname(file), `${name}.avsc`);
      const text = path.normalize(file) === source ? null : this.#textOf(source);
      if (text === null || text.length > definitionLimits.bytes) continue;
      try {
        return { source, json: readExactly(text) };
      } catch (thrown) {
        if (thrown instanceof SchemaError) thrown.source ??= source;
        throw thrown;
      }
    }
    return undefined;
  }

  #textOf(file: string): string | null {
    try {
      return this.#readFile(file);
    } catch {
      return null;
    }
  }
}

/** The keys under which nodes and codecs have schemas. */
const schemaKeys: ReadonlySet<string> = new Set(['schema', 'output', 'returns']);

// A schema that is written inline has its faults in the topology file itself.
function faultOf(thrown: unknown, file: string | null, text: string): Loaded {
  if (!(thrown instanceof SchemaError)) throw thrown;
  const code = 'SCHEMA_INVALID';
  const reason = shorten(thrown.message, 200);
  const elsewhere = thrown.source === null || thrown.source === file ? '' : ` in "${shorten(thrown.source, 80)}"`;
  if (file === null) {
    const at = elsewhere === '' ? pathOf(thrown.pointer) : [];
    return { code, message: `the schema is not valid${elsewhere}: ${reason}`, at };
  }
  const name = `"${shorten(file, 80)}"`;
  if (thrown.code === 'NOT_JSON' && elsewhere === '')
    return { code, message: `the schema ${name} is not JSON${syntaxFault(file, text)}` };
  const place = thrown.pointer === '' ? '' : ` at "${shorten(thrown.pointer, 80)}"`;
  return { code, message: `the schema ${name} is not valid${place}${elsewhere}: ${reason}` };
}

// The words of JSON.parse differ from one Node.js to the next.
function syntaxFault(file: string, text: string): string {
  const [fault] = parseDefinition(text).findings;
  if (fault === undefined) return '.';
  const { line, column } = new TextDocument(file, text).position(fault.range.start);
  return ` at ${line}:${column}: ${fault.message}`;
}

function pathOf(pointer: string): Path {
  const parts = pointer.split('/').slice(1);
  return parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~')));
}
