import { FailedIds } from './failed-ids.ts';
import type { Gate } from './gate.ts';
import type { FailedIdsOptions, RegistryClock } from './options.ts';
import { RegistryError } from './registry-error.ts';
import type { RegisteredSchema, SchemaCache } from './schema-cache.ts';
import { SingleFlight } from './single-flight.ts';
import { storedSchema } from './stored-schema.ts';
import type { Transport } from './transport.ts';

/**
 * Finds schemas by id: in memory, by one request however many ask, or not at all where the id gave no schema a short
 * time ago. Ids come from records, which may be damaged: their number bounds neither requests nor memory.
 */
export class SchemasById {
  readonly #cache: SchemaCache;
  readonly #transport: Transport;
  readonly #gate: Gate;
  readonly #failed: FailedIds;
  readonly #flights = new SingleFlight<number, RegisteredSchema>();

  constructor(
    cache: SchemaCache,
    transport: Transport,
    gate: Gate,
    failedIds: { options: Required<FailedIdsOptions>; clock: RegistryClock },
  ) {
    this.#cache = cache;
    this.#transport = transport;
    this.#gate = gate;
    this.#failed = new FailedIds(failedIds.options, failedIds.clock);
  }

  async get(id: number): Promise<RegisteredSchema> {
    const before = this.#cache.get(id);
    if (before !== undefined) return before;
    const failure = this.#failed.get(id);
    if (failure !== undefined) throw failure;
    return this.#flights.run(id, () => this.#find(id, `GET /schemas/ids/${id}`));
  }

  async #find(id: number, request: string): Promise<RegisteredSchema> {
    if (this.#gate.isFull) {
      throw new RegistryError('LOOKUPS_LIMITED', request, 'Too many requests wait for their turn at the registry.');
    }
    let reserved = false;
    let failed = false;
    try {
      const json = await this.#gate.run(() => {
        this.#reserve(id, request);
        reserved = true;
        return this.#transport.send('GET', `/schemas/ids/${id}`);
      });
      return await this.#cache.parse(id, storedSchema(json, request), request);
    } catch (thrown) {
      failed = reserved && thrown instanceof RegistryError && !thrown.retryable && thrown.code !== 'CLOSED';
      if (failed) this.#failed.add(id, thrown as RegistryError);
      throw thrown;
    } finally {
      if (reserved && !failed) this.#failed.refund();
    }
  }

  #reserve(id: number, request: string): void {
    const waitMs = this.#failed.reserve();
    if (waitMs === 0) return;
    const message = `The schema id ${id} was not looked up: too many ids gave no schema of late.`;
    throw new RegistryError('LOOKUPS_LIMITED', request, message, { retryAfterMs: waitMs });
  }
}
