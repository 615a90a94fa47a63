import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { AddressInfo } from 'node:net';
import { parseSchema, schemasEqual, type Schema } from '@headrace/avro';

/** The registry of schemas that `dev` plays, at an address of this machine. */
export interface DevSchemaRegistry {
  readonly url: string;
  close(): Promise<void>;
}

interface Stored {
  readonly id: number;
  readonly text: string;
  readonly schema: Schema;
}

/** An answer: its status and its body, which is sent as JSON. */
type Answer = readonly [status: number, body: unknown];

const mostBytes = 1 << 20;
const notFound = { subject: 40401, version: 40402, schema: 40403 } as const;

/**
 * Starts a registry in memory that speaks what clients of Confluent's registry ask when they read and write: schemas by id, subjects
 * and their versions, registering and looking up. Any version of a subject is taken; schemas that refer to others are not. What it
 * holds is kept in a file, where there is one: ids stand before values that a broker has kept.
 */
export async function openSchemaRegistry(file: string | null): Promise<DevSchemaRegistry> {
  const schemas = new Schemas(file);
  const server = createServer((request, response) => {
    void bodyOf(request)
      .then((body) => schemas.answer(request.method ?? '', pathOf(request), body))
      .catch((error: unknown): Answer => [422, { error_code: 42201, message: (error as Error).message }])
      .then((answer) => reply(response, answer));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** The schemas by id, and the versions of subjects. */
class Schemas {
  readonly #all: Stored[] = [];
  readonly #subjects = new Map<string, Stored[]>();
  /** What was registered, in its order, which gives the ids. */
  readonly #given: (readonly [subject: string, text: string])[] = [];
  readonly #file: string | null;

  constructor(file: string | null) {
    this.#file = file;
    for (const [subject, text] of file === null ? [] : keptIn(file)) this.#add(subject, schemaOf({ schema: text }));
  }

  /** Answers a request; throws where the schema that it brings is none. */
  answer(method: string, [what = '', name = '', part, version]: readonly string[], body: unknown): Answer {
    if (method === 'GET' && what === 'schemas' && name === 'ids') return this.#byId(Number(part));
    if (what !== 'subjects') return missing('schema', 'There is nothing here.');
    if (method === 'GET' && name === '') return [200, [...this.#subjects.keys()]];
    if (method === 'POST' && part === undefined) return this.#lookUp(name, schemaOf(body));
    if (method === 'POST' && part === 'versions') return [200, { id: this.#register(name, schemaOf(body)) }];
    if (method !== 'GET' || part !== 'versions') return missing('schema', 'There is nothing here.');
    const versions = this.#subjects.get(name);
    if (versions === undefined) return missing('subject', `Subject "${name}" not found.`);
    if (version === undefined) return [200, versions.map((_, index) => index + 1)];
    const number = version === 'latest' ? versions.length : Number(version);
    const stored = versions[number - 1];
    if (stored === undefined) return missing('version', `Version ${version} not found.`);
    return [200, { subject: name, version: number, id: stored.id, schema: stored.text }];
  }

  #byId(id: number): Answer {
    const stored = this.#all[id - 1];
    return stored === undefined ? missing('schema', `Schema ${id} not found.`) : [200, { schema: stored.text }];
  }

  #lookUp(subject: string, { schema }: Omit<Stored, 'id'>): Answer {
    const versions = this.#subjects.get(subject);
    if (versions === undefined) return missing('subject', `Subject "${subject}" not found.`);
    const at = versions.findIndex((one) => schemasEqual(one.schema, schema));
    const stored = versions[at];
    if (stored === undefined) return missing('schema', `Subject "${subject}" does not hold the schema.`);
    return [200, { subject, version: at + 1, id: stored.id, schema: stored.text }];
  }

  #register(subject: string, written: Omit<Stored, 'id'>): number {
    const id = this.#add(subject, written);
    if (this.#file !== null) keep(this.#file, [...this.#given]);
    return id;
  }

  #add(subject: string, written: Omit<Stored, 'id'>): number {
    let stored = this.#all.find((one) => schemasEqual(one.schema, written.schema));
    if (stored === undefined) {
      stored = { id: this.#all.length + 1, ...written };
      this.#all.push(stored);
    }
    const versions = this.#subjects.get(subject) ?? [];
    if (!versions.includes(stored)) {
      versions.push(stored);
      this.#given.push([subject, stored.text]);
    }
    this.#subjects.set(subject, versions);
    return stored.id;
  }
}

function keptIn(file: string): readonly (readonly [subject: string, text: string])[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as (readonly [string, string])[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function keep(file: string, given: readonly (readonly [subject: string, text: string])[]): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(given));
}

function missing(what: keyof typeof notFound, message: string): Answer {
  return [404, { error_code: notFound[what], message }];
}

function schemaOf(body: unknown): Omit<Stored, 'id'> {
  const { schema: text } = Object(body) as { readonly schema?: unknown };
  if (typeof text !== 'string') throw new Error('A schema is a text.');
  return { text, schema: parseSchema(JSON.parse(text)) };
}

function pathOf({ url = '/' }: IncomingMessage): readonly string[] {
  return url
    .replace(/\?.*$/, '')
    .split('/')
    .filter((step) => step !== '')
    .map((step) => decodeURIComponent(step));
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > mostBytes) throw new Error('The request is too large.');
    chunks.push(chunk);
  }
  return size === 0 ? undefined : (JSON.parse(Buffer.concat(chunks).toString()) as unknown);
}

function reply(response: ServerResponse, [status, body]: Answer): void {
  response.writeHead(status, { 'content-type': 'application/vnd.schemaregistry.v1+json' });
  response.end(JSON.stringify(body));
}
