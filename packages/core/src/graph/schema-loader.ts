import { parseSchema, SchemaError } from '@headrace/avro';
import type { Schema } from '@headrace/avro';
import type { Finding, Path } from '../component/finding.ts';
import { definitionLimits, parseDefinition } from '../definition/parse-definition.ts';
import { shorten } from '../definition/format-path.ts';
import { TextDocument } from '../definition/text-document.ts';

type Loaded = { readonly schema: Schema } | { readonly code: string; readonly message: string; readonly at?: Path };

const primitives = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'];

/** Loads the schemas that a topology names, each file once, so that one file is one schema everywhere. */
export class SchemaLoader {
  readonly #readFile: (path: string) => string;
  readonly #files = new Map<string, Loaded>();

  constructor(readFile: (path: string) => string) {
    this.#readFile = readFile;
  }

  /** Loads a schema by path, by the name of a primitive type, or as written inline; null where it is wrong. */
  load(at: Path, reference: unknown, report: (finding: Finding) => void): Schema | null {
    const loaded = this.#loaded(reference);
    if ('schema' in loaded) return loaded.schema;
    const { code, message, at: within = [] } = loaded;
    report({ code, severity: 'error', at: [...at, ...within], message });
    return null;
  }

  /** Lists the schemas of all files that were loaded so far. */
  loaded(): readonly Schema[] {
    return [...this.#files.values()].flatMap((loaded) => ('schema' in loaded ? [loaded.schema] : []));
  }

  #loaded(reference: unknown): Loaded {
    if (typeof reference !== 'string') return parse(reference, null);
    if (primitives.includes(reference)) return parse(reference, null);
    let loaded = this.#files.get(reference);
    if (loaded === undefined) this.#files.set(reference, (loaded = this.#fromFile(reference)));
    return loaded;
  }

  #fromFile(path: string): Loaded {
    const name = `"${shorten(path, 80)}"`;
    let text: string;
    try {
      text = this.#readFile(path);
    } catch {
      return { code: 'SCHEMA_NOT_FOUND', message: `the schema ${name} cannot be read.` };
    }
    if (text.length > definitionLimits.bytes)
      return { code: 'SCHEMA_INVALID', message: `the schema ${name} is larger than 4 MiB.` };
    try {
      return parse(JSON.parse(text) as unknown, name);
    } catch (thrown) {
      if (!(thrown instanceof SyntaxError)) throw thrown;
      return { code: 'SCHEMA_INVALID', message: `the schema ${name} is not JSON${syntaxFault(path, text)}` };
    }
  }
}

// The words of JSON.parse differ from one Node.js to the next.
function syntaxFault(path: string, text: string): string {
  const [fault] = parseDefinition(text).findings;
  if (fault === undefined) return '.';
  const { line, column } = new TextDocument(path, text).position(fault.range.start);
  return ` at ${line}:${column}: ${fault.message}`;
}

// A schema that is written inline has its faults in the topology file itself.
function parse(json: unknown, file: string | null): Loaded {
  try {
    return { schema: parseSchema(json) };
  } catch (thrown) {
    if (!(thrown instanceof SchemaError)) throw thrown;
    const reason = shorten(thrown.message, 200);
    const code = 'SCHEMA_INVALID';
    if (file === null) return { code, message: `the schema is not valid: ${reason}`, at: pathOf(thrown.pointer) };
    const place = thrown.pointer === '' ? '' : ` at "${shorten(thrown.pointer, 80)}"`;
    return { code, message: `the schema ${file} is not valid${place}: ${reason}` };
  }
}

function pathOf(pointer: string): Path {
  const parts = pointer.split('/').slice(1);
  return parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~')));
}
