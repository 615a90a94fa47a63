import { heartbeatApi, kafkaError, offsetCommitApi, produceApi } from '@headrace/protocol';
import { afterEach, expect, it } from 'vitest';
import { groupState } from '../group-offsets.ts';
import { produce } from '../produce.ts';
import { describeKafka } from '../require-kafka.ts';
import { waitUntil } from '../wait-until.ts';
import { FaultProxy, type Answer } from './fault-proxy.ts';
import { Workload } from './workload.ts';

const sessionMs = 3000;
/** Longer than a session, however loaded the machine. */
const blockedMs = 10_000;

describeKafka('A worker that does not know that it has lost its partitions', (bootstrap) => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  });
  const proxied = async (): Promise<FaultProxy> => {
    const proxy = await FaultProxy.start(bootstrap);
    cleanUp.push(() => proxy.stop());
    proxy.sessionTimeoutMs = sessionMs;
    return proxy;
  };
  const setUp = async (options: Parameters<typeof Workload.create>[1] = {}) => {
    const workload = await Workload.create(bootstrap, options);
    cleanUp.push(() => workload.close());
    return { workload, proxies: [await proxied(), await proxied()] as const };
  };
  /** Tells a zombie that its beats are fine, so that it must learn from its commit, and collects what that is told. */
  const commitsOf = (proxy: FaultProxy): string[] => {
    const told: string[] = [];
    proxy.decide = ({ api }) => {
      if (api.key === heartbeatApi.key && told.length === 0) return (answer) => ({ ...answer, errorCode: 0 });
      if (api.key !== offsetCommitApi.key) return 'pass';
      return (answer) => {
        told.push(...errorsOf(answer));
        return answer;
      };
    };
    return told;
  };
  const fenced = ['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'REBALANCE_IN_PROGRESS', 'FENCED_INSTANCE_ID'];

  it('because it was stopped longer than its session: its commit is refused, and it goes on as a new member', async () => {
    const {
      workload,
      proxies: [first, second],
    } = await setUp();
    await produce(bootstrap, workload.input, workload.records(4000));
    const zombie = workload.start(first.address);
    await workload.committed(4000);
    // It stops when records of it are written and it does not know: there is something that it will commit.
    const from = await new Promise<number>((resolve) => {
      let stopped = false;
      first.decide = ({ api }) => {
        if (api.key !== produceApi.key || stopped) return 'pass';
        return (answer) => {
          if (!stopped) zombie.kill('SIGSTOP');
          stopped = true;
          resolve(Date.now());
          return answer;
        };
      };
      void produce(bootstrap, workload.input, workload.records(400));
    });
    const heir = workload.start(second.address);
    await workload.drained();
    await produce(bootstrap, workload.input, workload.records(4000));
    await workload.drained();
    const told = commitsOf(first);
    zombie.kill('SIGCONT');
    await waitUntil(
      () => told.length,
      (count) => count > 0,
      { what: 'the zombie commits' },
    );
    expect(fenced, zombie.stderr).toContain(told[0]);
    // As a new member it is of use again.
    await waitUntil(
      () => groupState(bootstrap, workload.name),
      ({ state, members }) => state === 'Stable' && members.length === 2,
      { what: 'both are members' },
    );
    await produce(bootstrap, workload.input, workload.records(4000));
    await workload.drained();
    for (const worker of [zombie, heir]) {
      worker.kill('SIGTERM');
      expect(await worker.exited, worker.stderr).toEqual({ code: 0, signal: null });
    }
    await workload.check(`a zombie that was told ${told[0]}`, { zombies: [{ from, to: Date.now() }] });
  });

  it('because an operator held its process: the log names who held it, and it goes on as a new member', async () => {
    const { workload, proxies } = await setUp({
      files: { 'block.ts': blockingFunction },
      between: {
        operators: { hog: { type: 'filter', input: 'numbers', where: { $use: './block.ts#pass' } } },
        last: 'hog',
      },
    });
    const [first, second] = proxies;
    const zombie = workload.start(first.address, { env: { BLOCK_MS: String(blockedMs) } });
    await zombie.waitForOutput(/topology running/);
    const from = Date.now();
    // Value 1000 is the one that holds its process, once.
    await produce(bootstrap, workload.input, workload.records(2000));
    await zombie.waitForOutput(/holding the process/);
    const heir = workload.start(second.address, { env: { BLOCK_MS: '0' } });
    await workload.drained();
    const [line] = await zombie.waitForOutput(/^.*held the process.*$/m);
    expect(line).toContain('hog');
    await waitUntil(
      () => groupState(bootstrap, workload.name),
      ({ state, members }) => state === 'Stable' && members.length === 2,
      { what: 'both are members' },
    );
    await produce(bootstrap, workload.input, workload.records(2000));
    await workload.drained();
    for (const worker of [zombie, heir]) {
      worker.kill('SIGTERM');
      expect(await worker.exited, worker.stderr).toEqual({ code: 0, signal: null });
    }
    await workload.check('a process that was held', { zombies: [{ from, to: Date.now() }] });
  });
});

const blockingFunction = `
let isDone = false;
export function pass({ n }: { n: number }): boolean {
  const ms = Number(process.env['BLOCK_MS']);
  if (n === 1000 && ms > 0 && !isDone) {
    isDone = true;
    process.stderr.write('holding the process\\n');
    const end = performance.now() + ms;
    while (performance.now() < end);
  }
  return true;
}
`;

function errorsOf(answer: Answer): string[] {
  const topics = answer['topics'] as { partitions: { errorCode: number }[] }[];
  return topics.flatMap(({ partitions }) => partitions.map(({ errorCode }) => kafkaError(errorCode).name));
}
