import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { produceApi } from '@headrace/protocol';
import type { Verdict } from '../../faults/check-history.ts';
import type { ZombieTime } from '../../faults/history.ts';
import { drawSchedule, type RandomFault } from '../../faults/schedule.ts';
import { seededRandom } from '../../faults/seeded-random.ts';
import { waitForAllInSync } from '../broker/cluster-state.ts';
import { startKafkaCluster, type KafkaCluster } from '../broker/kafka-cluster.ts';
import type { HeadraceProcess } from '../headrace-process.ts';
import { AddressMap } from './address-map.ts';
import { FaultProxy } from './fault-proxy.ts';
import { Feed } from './feed.ts';
import { Workload } from './workload.ts';

const workers = 2;
const batch = 100;
const drainDeadlineMs = 300_000;

/** Workers over a Kafka of three nodes, each behind proxies, which a random schedule troubles. */
export class Soak {
  readonly #random: () => number;
  readonly #cluster: KafkaCluster;
  readonly #proxies: readonly FaultProxy[];
  readonly #workload: Workload;
  readonly #running = new Map<number, HeadraceProcess>();
  readonly #zombies: ZombieTime[] = [];
  #feed: Feed | null = null;

  private constructor(seed: number, cluster: KafkaCluster, proxies: readonly FaultProxy[], workload: Workload) {
    this.#random = seededRandom(seed);
    this.#cluster = cluster;
    this.#proxies = proxies;
    this.#workload = workload;
  }

  /** Starts the cluster, the proxies and the workers. */
  static async start(seed: number): Promise<Soak> {
    const cluster = await startKafkaCluster();
    const addresses = new AddressMap();
    const proxies = await Promise.all(cluster.nodes.map(({ address }) => FaultProxy.start(address, addresses)));
    const workload = await Workload.create(cluster.bootstrap, { replicas: 3, partitions: 6 });
    await waitForAllInSync(cluster.bootstrap, [workload.input, '__consumer_offsets']);
    const soak = new Soak(seed, cluster, proxies, workload);
    for (let worker = 0; worker < workers; worker++) soak.#startWorker(worker);
    return soak;
  }

  /** Troubles them for a time, heals, waits until everything is committed, and judges. */
  async run(ms: number): Promise<Verdict> {
    const faults = this.#faults();
    const byName = new Map(faults.map((fault) => [fault.name, fault]));
    this.#feed = Feed.start(this.#workload, batch);
    for (const { faults: names, ms: length } of drawSchedule([...byName.keys()], ms, this.#random)) {
      console.log(`${new Date().toISOString()} ${length} ms: ${names.join(', ') || 'nothing'}`);
      const from = Date.now();
      for (const name of names) await byName.get(name)?.begin();
      await pause(length);
      for (const name of names) await byName.get(name)?.heal();
      await this.#heal();
      // What a worker had under way when it was kept from the brokers may be written when it is not.
      if (names.length > 0) this.#zombies.push({ from, to: Date.now() + 5000 });
      console.log(`  ${this.#workload.committedNow} committed; ${await this.#memory()}`);
    }
    await this.#feed.stop();
    await this.#workload.drained(drainDeadlineMs);
    for (const worker of this.#running.values()) worker.kill('SIGTERM');
    await Promise.all([...this.#running.values()].map(({ exited }) => exited));
    return this.#workload.verdict({ zombies: this.#zombies });
  }

  /** Ends everything. */
  async stop(): Promise<void> {
    await this.#feed?.stop();
    for (const worker of this.#running.values()) worker.kill('SIGKILL');
    await this.#workload.close().catch(() => {});
    await Promise.all(this.#proxies.map((proxy) => proxy.stop()));
    await this.#cluster.stop();
  }

  #startWorker(number: number): void {
    const worker = this.#workload.start(this.#proxies.map(({ address }) => address).join(','));
    this.#running.set(number, worker);
    void worker.exited.then(({ code, signal }) => {
      if (code !== 0 && signal !== 'SIGKILL')
        console.log(`  worker ${number} ended with ${signal ?? `exit code ${code}`}: ${lastLine(worker.stderr)}`);
    });
  }

  /** Heals the brokers, and starts the workers that have ended, as a supervisor would. */
  async #heal(): Promise<void> {
    await this.#cluster.heal();
    for (const [number, worker] of this.#running) {
      const ended = await Promise.race([worker.exited.then(() => true), pause(50, false)]);
      if (ended) this.#startWorker(number);
    }
  }

  #worker(): HeadraceProcess {
    return this.#running.get(Math.floor(this.#random() * workers)) as HeadraceProcess;
  }

  #node() {
    return this.#cluster.node(1 + Math.floor(this.#random() * 3));
  }

  #faults(): readonly RandomFault[] {
    let stopped: HeadraceProcess | null = null;
    return [
      { name: 'kill -9 of a worker', begin: () => this.#worker().kill('SIGKILL'), heal: () => {} },
      { name: 'SIGTERM of a worker', begin: () => this.#worker().kill('SIGTERM'), heal: () => {} },
      {
        name: 'SIGSTOP of a worker',
        begin: () => (stopped = this.#worker()).kill('SIGSTOP'),
        heal: () => stopped?.kill('SIGCONT'),
      },
      { name: 'kill -9 of a node', begin: () => this.#node().kill(), heal: () => {} },
      {
        name: 'SIGSTOP of a node',
        begin: () => {
          const node = this.#node();
          if (node.isRunning) node.pause();
        },
        heal: () => {},
      },
      {
        name: 'parted network',
        begin: () => {
          const direction = (['toBroker', 'toClient', 'both'] as const)[Math.floor(this.#random() * 3)] ?? 'both';
          for (const proxy of this.#proxies) proxy.block(direction);
        },
        heal: () => {
          for (const proxy of this.#proxies) proxy.unblock('delivered');
        },
      },
      {
        name: 'lost answers of sends',
        begin: () => {
          for (const proxy of this.#proxies)
            proxy.decide = ({ api, nth }) => (api.key === produceApi.key && nth % 5 === 0 ? 'loseAnswer' : 'pass');
        },
        heal: () => {
          for (const proxy of this.#proxies) proxy.decide = () => 'pass';
        },
      },
      {
        name: 'cut connections',
        begin: () => {
          for (const proxy of this.#proxies) proxy.cut();
        },
        heal: () => {},
      },
    ];
  }

  /** The resident memory of each worker, for who looks whether it grows. */
  async #memory(): Promise<string> {
    const sizes = await Promise.all(
      [...this.#running.values()].map(async ({ pid }) => {
        const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
        return `${Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024)} MB`;
      }),
    );
    return sizes.join(', ');
  }
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1)?.slice(0, 300) ?? '';
}
