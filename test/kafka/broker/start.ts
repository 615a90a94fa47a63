// Runs Apache Kafka in the foreground, for trying things by hand: `start.ts [--port 9092] [--topics name:partitions,...]`, until Ctrl-C.
import { parseArgs } from 'node:util';
import { isPortFree } from './free-port.ts';
import { kafkaAvailable, startKafka } from './kafka-broker.ts';
import { createTopics } from '../topics.ts';

const { values } = parseArgs({
  options: { port: { type: 'string', default: '9092' }, topics: { type: 'string', default: '' } },
});
const port = Number(values.port);
const topics = values.topics.split(',').filter((topic) => topic !== '');
const availability = kafkaAvailable();

if (!Number.isInteger(port) || port < 1 || port > 65_535) {
  console.error(`--port must be a number from 1 to 65535, not "${values.port}".`);
  process.exitCode = 2;
} else if (!availability.available) {
  console.error(`Kafka needs Java 17 and Maven: ${availability.reason}.`);
  process.exitCode = 2;
} else if (!(await isPortFree(port))) {
  console.error(`Port ${port} is in use. Choose another with --port.`);
  process.exitCode = 1;
} else {
  await runUntilSignal().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}

async function runUntilSignal(): Promise<void> {
  const signalled = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
  console.error('starting Kafka; the first time on a machine Maven downloads it');
  const broker = await startKafka({ port });
  await createTopics(broker.bootstrap, Object.fromEntries(topics.map(topicOf)));
  console.log(`bootstrap ${broker.bootstrap}`);
  console.error(`data ${broker.dataDirectory}, deleted on Ctrl-C`);
  await Promise.race([signalled, broker.ended]);
  await broker.stop();
}

/** Reads `name:partitions`; one partition where no number is given. */
function topicOf(text: string): [string, { partitions: number }] {
  const [name = '', partitions = '1'] = text.split(':');
  return [name, { partitions: Number(partitions) }];
}
