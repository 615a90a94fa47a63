// Two topologies on the embedded broker: one collects a log that grows into Kafka, the other routes, enriches and delivers what
// comes. Each is a process of its own, as they would be in production. `pnpm demo`.
import { spawn } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const command = path.join(root, 'scripts/headrace.mjs');
const folder = mkdtempSync(path.join(os.tmpdir(), 'headrace-demo-'));
const log = path.join(folder, 'log-collection/data/access.log');
const running = new Set();

const browser = 'Mozilla/5.0 (X11; Linux x86_64)';
const line = (client, time, request, status, bytes, agent = browser) =>
  `${client} - - [01/Jan/2026:10:00:${time} +0000] "${request} HTTP/1.1" ${status} ${bytes} "-" "${agent}"\n`;

/** What the log grows by. The records of the second topology are those that are requests of people. */
const growth = [
  [
    line('203.0.113.7', '00', 'GET /', 200, 5120),
    line('198.51.100.23', '05', 'POST /orders', 201, 64),
    line('192.0.2.44', '09', 'GET /robots.txt', 200, 33, 'ExampleBot/2.1'),
  ],
  [line('198.51.100.23', '12', 'GET /orders/17', 500, 0), 'this line was cut off in the mi\n'],
  [line('203.0.113.7', '20', 'GET /search', 503, 0), line('203.0.113.7', '31', 'GET /cart', 200, 918)],
];
const expected = 5;

const say = (text) => process.stdout.write(`${process.stdout.isTTY ? `\u{1B}[1m${text}\u{1B}[0m` : text}\n`);

/** Starts a verb; `print` takes the lines of its standard output. */
function start(args, print = () => {}) {
  const child = spawn(process.execPath, [command, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let [rest, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    lines.forEach(print);
  });
  child.stderr.setEncoding('utf8').on('data', (text) => (errors += text));
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      running.delete(child);
      if (code === 0) resolve();
      else reject(new Error(`headrace ${args[0]} ended with ${code ?? signal}:\n${errors}`));
    });
  });
  ended.catch(() => {});
  return { child, ended };
}

/** Starts the broker, and resolves with it and its address. */
async function startBroker() {
  let found = () => {};
  const address = new Promise((resolve) => (found = resolve));
  const topics = ['access-log:4', 'access-log-rejected', 'access-log-failures:2'];
  const broker = start(['broker', '--port', '0', ...topics.flatMap((topic) => ['--topic', topic])], (text) => {
    const [, at] = /^listening at (\S+)$/.exec(text) ?? [];
    if (at !== undefined) found(at);
  });
  return { ...broker, address: await Promise.race([address, broker.ended.then(() => address)]) };
}

/** Ends a process that drains at a signal. */
async function stop({ child, ended }) {
  child.kill('SIGTERM');
  await ended;
}

const quiet = ['--metrics-address', 'off', '--log-level', 'error'];

async function demo() {
  for (const name of ['log-collection', 'log-delivery'])
    cpSync(path.join(root, 'topologies', name), path.join(folder, name), {
      recursive: true,
      filter: (source) => !/[/\\](data|out|\.headrace)[/\\]./.test(source.slice(root.length)),
    });
  const broker = await startBroker();
  say(`A broker that needs only Node is at ${broker.address}.`);
  const counts = { delivered: 0, failed: 0 };
  let all = () => {};
  const delivered = new Promise((resolve) => (all = resolve));
  const delivery = start(['run', 'log-delivery/topology.json', '--brokers', broker.address, ...quiet], (text) => {
    const { status, method, path: page, team } = JSON.parse(text);
    process.stdout.write(
      `  ${method} ${page} ${status}, team ${team.name}${status >= 500 ? '  > access-log-failures' : ''}\n`,
    );
    if (status >= 500) counts.failed++;
    if (++counts.delivered === expected) all();
  });
  let lines = 0;
  for (const added of growth) {
    appendFileSync(log, added.join(''));
    lines += added.length;
    say(`The log has grown to ${lines} lines; log-collection takes up where it stopped:`);
    await start(['run', 'log-collection/topology.json', '--brokers', broker.address, ...quiet]).ended;
  }
  await Promise.race([delivered, delivery.ended.then(() => Promise.reject(new Error('log-delivery ended too early')))]);
  await stop(delivery);
  await stop(broker);
  say(
    `${lines} lines were collected, each once: ${counts.delivered} requests of people delivered, ${counts.failed} of them failures sent to their teams; 1 robot left out, 1 line kept in access-log-rejected.`,
  );
  process.stdout.write(
    [
      'Next: run one of them while you change it, and watch what passes each node:',
      '  node scripts/headrace.mjs dev topologies/log-delivery/topology.json',
      'or make a topology of your own (README.md):',
      '  node scripts/headrace.mjs init shop --yes',
      '',
    ].join('\n'),
  );
}

const end = () => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
};
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));
process.once('exit', end);
try {
  await demo();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
