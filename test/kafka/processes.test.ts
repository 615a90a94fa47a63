import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { freePort } from './broker/free-port.ts';
import { startHeadrace } from './headrace-process.ts';
import { describeKafka } from './require-kafka.ts';
import { waitUntil } from './wait-until.ts';

/** Keeps the command from beginning: it prints "ready" and waits for ever, whatever it would do. */
const program = `console.log('ready');setInterval(Object,1000);await new Promise(Object)`;
const waiting = { NODE_OPTIONS: `--import=data:text/javascript,${program.replaceAll(' ', '%20')}` };

describe('startHeadrace', () => {
  it('sends signals to the command itself', async () => {
    const headrace = startHeadrace(['--version'], { env: waiting });
    await headrace.waitForOutput(/^ready$/m);
    headrace.kill('SIGTERM');
    expect(await headrace.exited).toEqual({ code: null, signal: 'SIGTERM' });
    expect((await headrace.waitForOutput(/re(ad)y/))[1]).toBe('ad');
  });

  it('tells what was printed when the output that a test waits for never came', async () => {
    const headrace = startHeadrace(['--version'], { env: waiting });
    await headrace.waitForOutput(/^ready$/m);
    const inVain = headrace.waitForOutput(/never printed/);
    headrace.kill('SIGKILL');
    await expect(inVain).rejects.toThrow(/never printed.*SIGKILL[^]*ready/);
  });
});

describe('waitUntil', () => {
  it('resolves to the first state that holds', async () => {
    let count = 0;
    expect(
      await waitUntil(
        () => ++count,
        (state) => state === 3,
        { what: 'three', intervalMs: 1 },
      ),
    ).toBe(3);
  });

  it('fails with the last state, or with the error of the last observation', async () => {
    const wait = (observe: () => number): Promise<number> =>
      waitUntil(observe, () => false, { what: 'the impossible', deadlineMs: 1, intervalMs: 1 });
    await expect(wait(() => 42)).rejects.toThrow(/the impossible.*Last state: 42/);
    await expect(wait(() => JSON.parse('{') as number)).rejects.toThrow(/the observation failed: SyntaxError/);
  });
});

describeKafka('a Kafka started by hand', () => {
  it('ends in order on Ctrl-C', async () => {
    const { child, dataDirectory } = await startByHand();
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(existsSync(dataDirectory)).toBe(false);
  });

  it('is killed, and its data deleted, when the process that started it is killed', async () => {
    const { child, dataDirectory, bootstrap } = await startByHand();
    child.kill('SIGKILL');
    await once(child, 'exit');
    await waitUntil(
      () => isListening(bootstrap),
      (listening) => !listening,
      { what: 'nobody listens' },
    );
    await waitUntil(
      () => existsSync(dataDirectory),
      (exists) => !exists,
      { what: 'the data is deleted' },
    );
  });
});

async function startByHand(): Promise<{ child: ChildProcess; bootstrap: string; dataDirectory: string }> {
  const loader = new URL('../../scripts/source-loader.mjs', import.meta.url).href;
  const start = fileURLToPath(new URL('./broker/start.ts', import.meta.url));
  const bootstrap = `127.0.0.1:${await freePort()}`;
  const args = ['--import', loader, start, '--port', bootstrap.split(':')[1] ?? ''];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [, dataDirectory] = await waitUntil(
    () => /^data (.*), deleted on Ctrl-C$/m.exec(output) ?? output,
    (match) => typeof match !== 'string' && output.includes(`bootstrap ${bootstrap}\n`),
    { what: 'Kafka has started', deadlineMs: 180_000 },
  );
  return { child, bootstrap, dataDirectory: dataDirectory ?? '' };
}

function isListening(address: string): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port: Number(address.split(':')[1]) });
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  }).then((listening) => {
    socket.destroy();
    return listening === true;
  });
}
