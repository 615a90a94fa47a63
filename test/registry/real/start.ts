// Runs Apicurio Registry in the foreground, for trying things by hand: `start.ts`, until Ctrl-C.
import { kafkaAvailable } from '../../kafka/broker/availability.ts';
import { startRegistry } from './apicurio.ts';

const availability = kafkaAvailable();
if (!availability.available) {
  console.error(`The registry needs Java 17 and Maven: ${availability.reason}.`);
  process.exitCode = 2;
} else {
  const signalled = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
  console.error('starting Apicurio Registry; the first time on a machine Maven downloads it');
  const registry = await startRegistry();
  console.log(`registry ${registry.url}`);
  await signalled;
  await registry.stop();
}
