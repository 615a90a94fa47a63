import type { Answer } from './fault-proxy.ts';

interface Address {
  readonly host: string;
  readonly port: number;
}

/** Says behind which proxy each broker is. */
export class AddressMap {
  readonly #proxies = new Map<string, Address>();

  /** Tells the proxy of the broker at `host:port`. */
  set(broker: string, proxy: Address): void {
    this.#proxies.set(broker, proxy);
  }

  /** Returns an answer in which the proxies stand instead of their brokers. */
  behind(answer: Answer): Answer {
    const result = { ...answer };
    for (const name of ['brokers', 'coordinators'])
      if (Array.isArray(result[name])) result[name] = (result[name] as unknown[]).map((place) => this.#moved(place));
    return 'host' in result ? (this.#moved(result) as Answer) : result;
  }

  #moved(place: unknown): unknown {
    const { host, port } = place as Address;
    return { ...(place as object), ...this.#proxies.get(`${host}:${port}`) };
  }
}
