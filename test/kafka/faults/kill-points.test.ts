import {
  fetchApi,
  heartbeatApi,
  joinGroupApi,
  offsetCommitApi,
  offsetFetchApi,
  produceApi,
  syncGroupApi,
  type ApiDefinition,
} from '@headrace/protocol';
import { afterEach, expect, it } from 'vitest';
import { seededRandom } from '../../faults/seeded-random.ts';
import { produce } from '../produce.ts';
import { describeKafka } from '../require-kafka.ts';
import { FaultProxy } from './fault-proxy.ts';
import { Workload } from './workload.ts';

const seed = Number(process.env['HEADRACE_SEED'] ?? 20_261_128);
const rounds = Number(process.env['HEADRACE_KILL_ROUNDS'] ?? 10);
const batch = 2000;
/** Only bounds how long a round that hangs takes: one takes three seconds on an idle machine, most of them the end of a session. */
const patienceMs = 120_000 + rounds * 20_000;

/** A moment in the life of a worker: before the broker hears a request, or after it has acted and before the worker hears of it. */
interface KillPoint {
  readonly what: string;
  readonly api: ApiDefinition;
  readonly side: 'request' | 'answer';
}

const points: readonly KillPoint[] = [
  { what: 'before a send', api: produceApi, side: 'request' },
  { what: 'after a send, before its answer', api: produceApi, side: 'answer' },
  { what: 'before a commit', api: offsetCommitApi, side: 'request' },
  { what: 'after a commit, before its answer', api: offsetCommitApi, side: 'answer' },
  { what: 'while it fetches', api: fetchApi, side: 'answer' },
  { what: 'while it joins', api: joinGroupApi, side: 'answer' },
  { what: 'while it is given partitions', api: syncGroupApi, side: 'answer' },
  { what: 'while it reads positions', api: offsetFetchApi, side: 'answer' },
  { what: 'when it beats', api: heartbeatApi, side: 'request' },
];

describeKafka('A worker that is killed', (bootstrap) => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  });

  it(
    `loses nothing, and repeats nothing that was committed, in ${rounds} rounds of kill -9 (seed ${seed})`,
    async () => {
      const random = seededRandom(seed);
      const workload = await Workload.create(bootstrap);
      cleanUp.push(() => workload.close());
      const proxy = await FaultProxy.start(bootstrap);
      cleanUp.push(() => proxy.stop());
      // The next worker gets the partitions of a killed one when its session is over.
      proxy.sessionTimeoutMs = 3000;
      const shift = Math.floor(random() * points.length);
      for (let round = 0; round < rounds; round++) {
        const point = points[(round + shift) % points.length] as KillPoint;
        // One that comes once in the life of a worker is met the first time, others at one of the first three.
        const often = [produceApi, offsetCommitApi, fetchApi].includes(point.api as typeof fetchApi);
        const at = often ? Math.floor(random() * 3) : 0;
        await produce(bootstrap, workload.input, workload.records(batch));
        let count = 0;
        const worker = workload.start(proxy.address);
        proxy.decide = ({ api }) => {
          if (api.key !== point.api.key || count++ !== at) return 'pass';
          if (point.side === 'request') {
            worker.kill('SIGKILL');
            return 'swallow';
          }
          return (answer) => {
            worker.kill('SIGKILL');
            return answer;
          };
        };
        const what = `round ${round} of seed ${seed}: killed ${point.what}, number ${at}`;
        expect((await worker.exited).signal, `${what}\n${worker.stderr}`).toBe('SIGKILL');
        proxy.decide = () => 'pass';
      }
      const last = workload.start(proxy.address);
      await workload.drained();
      // Idle is a moment too.
      last.kill('SIGKILL');
      expect((await last.exited).signal, last.stderr).toBe('SIGKILL');
      const verdict = await workload.check(`${rounds} kills (seed ${seed})`);
      expect(verdict.checked).toBe(rounds * batch);
      const hits = [...proxy.hits].map(([hit, times]) => `${hit}: ${times}`);
      console.log(`seed ${seed}: ${hits.join(', ')}`);
    },
    patienceMs,
  );
});
