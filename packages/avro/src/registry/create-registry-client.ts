import { Gate } from './gate.ts';
import { LruCache } from './lru-cache.ts';
import { settingsOf, type RegistryOptions } from './options.ts';
import type {
  CompatibilityLevel,
  RegisteredVersion,
  RegistryClient,
  SchemaToRegister,
  Waiting,
} from './registry-client.ts';
import { RegistryError } from './registry-error.ts';
import { requestBody } from './request-body.ts';
import { SchemaCache, type RegisteredSchema } from './schema-cache.ts';
import { SchemasById } from './schemas-by-id.ts';
import { SingleFlight } from './single-flight.ts';
import { badResponse, listOf, numberOf, storedVersion, type StoredVersion } from './stored-schema.ts';
import { pathOf } from './subject-path.ts';
import { Transport } from './transport.ts';
import { unlessAborted } from './unless-aborted.ts';

/** Returns a client of a schema registry; throws RegistryError BAD_OPTION. It keeps no connection of its own. */
export function createRegistryClient(options: RegistryOptions): RegistryClient {
  return new Client(options);
}

const LEVELS: ReadonlySet<unknown> = new Set<CompatibilityLevel>([
  'BACKWARD',
  'BACKWARD_TRANSITIVE',
  'FORWARD',
  'FORWARD_TRANSITIVE',
  'FULL',
  'FULL_TRANSITIVE',
  'NONE',
]);

interface Place {
  readonly id: number;
  readonly version: number;
}

class Client implements RegistryClient {
  readonly #transport: Transport;
  readonly #gate: Gate;
  readonly #cache: SchemaCache;
  readonly #byId: SchemasById;
  readonly #versions: LruCache<string, StoredVersion>;
  readonly #ids: LruCache<string, number>;
  readonly #places: LruCache<string, Place>;
  readonly #versionFlights = new SingleFlight<string, StoredVersion>();
  readonly #idFlights = new SingleFlight<string, number>();
  readonly #placeFlights = new SingleFlight<string, Place>();

  constructor(options: RegistryOptions) {
    const settings = settingsOf(options);
    this.#transport = new Transport(settings);
    this.#gate = new Gate(settings.maxConcurrent, settings.maxWaiting);
    this.#cache = new SchemaCache(settings.maxSchemas, ({ subject, version }) => this.#storedVersion(subject, version));
    this.#byId = new SchemasById(this.#cache, this.#transport, this.#gate, {
      options: settings.failedIds,
      clock: settings.clock,
    });
    this.#versions = new LruCache(settings.maxSchemas);
    this.#ids = new LruCache(settings.maxSchemas);
    this.#places = new LruCache(settings.maxSchemas);
  }

  schemaById(id: number, { signal }: Waiting = {}): Promise<RegisteredSchema> {
    return unlessAborted(this.#byId.get(id), signal);
  }

  knownSchema(id: number): RegisteredSchema | undefined {
    return this.#cache.get(id);
  }

  subjects({ signal }: Waiting = {}): Promise<readonly string[]> {
    return unlessAborted(this.#subjects(), signal);
  }

  versions(subject: string, { signal }: Waiting = {}): Promise<readonly number[]> {
    return unlessAborted(this.#numbers(['subjects', subject, 'versions'], 'version'), signal);
  }

  version(subject: string, version: number | 'latest', { signal }: Waiting = {}): Promise<RegisteredVersion> {
    return unlessAborted(this.#version(subject, version), signal);
  }

  referencedBy(subject: string, version: number, { signal }: Waiting = {}): Promise<readonly number[]> {
    return unlessAborted(this.#numbers(['subjects', subject, 'versions', version, 'referencedby'], 'id'), signal);
  }

  lookUp(subject: string, schema: SchemaToRegister, { signal }: Waiting = {}): Promise<Place> {
    return unlessAborted(this.#lookUp(subject, schema), signal);
  }

  register(subject: string, schema: SchemaToRegister, { signal }: Waiting = {}): Promise<number> {
    return unlessAborted(this.#register(subject, schema), signal);
  }

  checkCompatibility(
    subject: string,
    schema: SchemaToRegister,
    against: number | 'latest' | 'all' = 'latest',
    { signal }: Waiting = {},
  ): Promise<{ compatible: boolean; messages: readonly string[] }> {
    return unlessAborted(this.#checkCompatibility(subject, schema, against), signal);
  }

  compatibility(subject?: string, { signal }: Waiting = {}): Promise<CompatibilityLevel> {
    return unlessAborted(this.#compatibility(subject), signal);
  }

  setCompatibility(level: CompatibilityLevel, subject?: string, { signal }: Waiting = {}): Promise<void> {
    return unlessAborted(this.#setCompatibility(level, subject), signal);
  }

  close(): void {
    this.#transport.close();
  }

  async #subjects(): Promise<readonly string[]> {
    const json = await this.#send('GET', '/subjects');
    return listOf(json, 'GET /subjects', (subject) => {
      if (typeof subject === 'string') return subject;
      throw badResponse('GET /subjects', 'a subject is not text');
    });
  }

  async #numbers(steps: readonly (string | number)[], what: string): Promise<readonly number[]> {
    const path = pathOf(steps);
    const json = await this.#send('GET', path);
    return listOf(json, `GET ${path}`, (number) => numberOf(number, what, `GET ${path}`));
  }

  async #version(subject: string, version: number | 'latest'): Promise<RegisteredVersion> {
    const stored = await this.#storedVersion(subject, version);
    const { id, version: number } = stored;
    const registered = await this.#cache.parse(id, stored, `GET ${pathOf(['subjects', subject, 'versions', version])}`);
    return { ...registered, subject, version: number };
  }

  async #storedVersion(subject: string, version: number | 'latest'): Promise<StoredVersion> {
    const path = pathOf(['subjects', subject, 'versions', version]);
    const before = this.#versions.get(path);
    if (before !== undefined) return before;
    return this.#versionFlights.run(path, async () => {
      const stored = storedVersion(await this.#send('GET', path), `GET ${path}`);
      if (version !== 'latest') this.#versions.set(path, stored);
      return stored;
    });
  }

  async #lookUp(subject: string, schema: SchemaToRegister): Promise<Place> {
    const path = `${pathOf(['subjects', subject])}${normalized(schema)}`;
    const { body, key } = requestBody(path, schema);
    const before = this.#places.get(key);
    if (before !== undefined) return before;
    return this.#placeFlights.run(key, async () => {
      const request = `POST ${path}`;
      const answer = Object(await this.#send('POST', path, body)) as { id?: unknown; version?: unknown };
      const place = Object.freeze({
        id: numberOf(answer.id, 'id', request),
        version: numberOf(answer.version, 'version', request),
      });
      this.#places.set(key, place);
      return place;
    });
  }

  async #register(subject: string, schema: SchemaToRegister): Promise<number> {
    const path = `${pathOf(['subjects', subject, 'versions'])}${normalized(schema)}`;
    const { body, key } = requestBody(path, schema);
    const before = this.#ids.get(key);
    if (before !== undefined) return before;
    return this.#idFlights.run(key, async () => {
      const answer = Object(await this.#send('POST', path, body)) as { id?: unknown };
      const id = numberOf(answer.id, 'id', `POST ${path}`);
      this.#ids.set(key, id);
      return id;
    });
  }

  async #checkCompatibility(
    subject: string,
    schema: SchemaToRegister,
    against: number | 'latest' | 'all',
  ): Promise<{ compatible: boolean; messages: readonly string[] }> {
    const versions = against === 'all' ? [] : [against];
    const path = `${pathOf(['compatibility', 'subjects', subject, 'versions', ...versions])}?verbose=true`;
    const { body } = requestBody(path, schema);
    const json = Object(await this.#send('POST', path, body)) as Record<string, unknown>;
    const { is_compatible: compatible, messages } = json;
    if (typeof compatible !== 'boolean') throw badResponse(`POST ${path}`, '"is_compatible" is neither true nor false');
    const texts = Array.isArray(messages) ? messages.filter((text) => typeof text === 'string') : [];
    return { compatible, messages: texts };
  }

  async #compatibility(subject: string | undefined): Promise<CompatibilityLevel> {
    const path = pathOf(subject === undefined ? ['config'] : ['config', subject]);
    const query = subject === undefined ? '' : '?defaultToGlobal=true';
    const { compatibilityLevel: level } = Object(await this.#send('GET', `${path}${query}`)) as Record<string, unknown>;
    if (LEVELS.has(level)) return level as CompatibilityLevel;
    throw badResponse(`GET ${path}`, '"compatibilityLevel" is no level');
  }

  async #setCompatibility(level: CompatibilityLevel, subject: string | undefined): Promise<void> {
    const path = pathOf(subject === undefined ? ['config'] : ['config', subject]);
    await this.#send('PUT', path, { compatibility: level });
  }

  #send(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<unknown> {
    if (!this.#gate.isFull) return this.#gate.run(() => this.#transport.send(method, path, body));
    const message = 'Too many requests wait for their turn at the registry.';
    return Promise.reject(new RegistryError('LOOKUPS_LIMITED', `${method} ${path}`, message));
  }
}

function normalized({ normalize = false }: SchemaToRegister): string {
  return normalize ? '?normalize=true' : '';
}
