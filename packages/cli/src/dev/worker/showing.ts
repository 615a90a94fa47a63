import type { FromWorker, ShownRecord } from '../messages.ts';

const second = 1000;
/** So long records are gathered, to be told in the order of the nodes: their taps are not given them in that order. */
const gatherMs = 25;

/** Lets so many records of each node through a second, and says how many it kept back. */
export class Showing {
  readonly #send: (message: FromWorker) => void;
  readonly #perSecond: number;
  readonly #shown = new Map<string, number>();
  readonly #skipped = new Map<string, number>();
  readonly #failures = new Map<string, { readonly node: string; readonly code: string; records: number }>();
  readonly #timer: NodeJS.Timeout;
  #gathered: ShownRecord[] = [];
  #gathering: NodeJS.Timeout | null = null;
  /** The nodes in the order in which records reach them. */
  order: readonly string[] = [];

  constructor(send: (message: FromWorker) => void, perSecond: number) {
    this.#send = send;
    this.#perSecond = perSecond;
    this.#timer = setInterval(() => this.flush(), second).unref();
  }

  /** Shows the first of some records, as many as there is room for; each is made only when it is shown. */
  show(
    place: Pick<ShownRecord, 'node' | 'port'>,
    count: number,
    make: (index: number) => Omit<ShownRecord, 'kind' | 'node' | 'port'>,
  ): void {
    const name = place.port === 'out' ? place.node : `${place.node}.${place.port}`;
    const before = this.#shown.get(name) ?? 0;
    const room = Math.min(count, Math.max(0, this.#perSecond - before));
    for (let index = 0; index < room; index++) this.#gathered.push({ kind: 'record', ...place, ...make(index) });
    if (room > 0) this.#gathering ??= setTimeout(() => this.#tell(), gatherMs);
    this.#shown.set(name, before + room);
    if (room < count) this.#skipped.set(name, (this.#skipped.get(name) ?? 0) + count - room);
  }

  /** Counts a failure of a record. */
  failed(node: string, code: string): void {
    const name = `${node} ${code}`;
    const failure = this.#failures.get(name);
    if (failure === undefined) this.#failures.set(name, { node, code, records: 1 });
    else failure.records++;
  }

  /** Says what was kept back, and begins a new second. */
  flush(): void {
    this.#tell();
    for (const [node, records] of this.#skipped) this.#send({ kind: 'skipped', node, records });
    for (const failure of this.#failures.values()) this.#send({ kind: 'failures', ...failure });
    this.#skipped.clear();
    this.#shown.clear();
    this.#failures.clear();
  }

  #tell(): void {
    if (this.#gathering !== null) clearTimeout(this.#gathering);
    this.#gathering = null;
    const ranks = new Map(this.order.map((node, rank) => [node, rank]));
    const rank = ({ node }: ShownRecord): number => ranks.get(node) ?? this.order.length;
    const records = this.#gathered.sort((a, b) => rank(a) - rank(b));
    this.#gathered = [];
    for (const record of records) this.#send(record);
  }

  /** Ends it; what was kept back is said. */
  close(): void {
    clearInterval(this.#timer);
    this.flush();
  }
}
