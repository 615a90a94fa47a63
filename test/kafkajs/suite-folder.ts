import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Ports at which kafkajs's tests expect the nodes of a cluster without security. */
const theirPorts = [9092, 9095, 9098];
/** What a test file mentions that needs a broker. */
const needsBroker = /\b(createTopic|createCluster|createConnection\w*|plainTextBrokers|connectionOpts)\b/;

/** Says what is wrong with a folder in which kafkajs's tests are to be run, or null. */
export function problemOf(folder: string): string | null {
  if (!existsSync(join(folder, 'testHelpers/index.js'))) return `${folder} is no checkout of kafkajs.`;
  if (!existsSync(join(folder, 'node_modules/jest')))
    return `In ${folder} nothing is installed: run "npm install" there.`;
  return null;
}

/** Lists the test files that talk to a broker; the others test functions of kafkajs alone. */
export function filesWithBroker(folder: string): string[] {
  const names = readdirSync(join(folder, 'src'), { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('spec.js'))
    .map((name) => join('src', name))
    .filter((name) => needsBroker.test(readFileSync(join(folder, name), 'utf8')))
    .sort();
}

/**
 * Writes a configuration of jest that puts these ports in the place of those in the helpers of kafkajs's tests, and returns the folder
 * that holds it, below `node_modules`: nothing of the checkout is changed.
 */
export function writeConfiguration(folder: string, ports: readonly number[]): string {
  const own = mkdtempSync(join(folder, 'node_modules/headrace-'));
  let helpers = readFileSync(join(folder, 'testHelpers/index.js'), 'utf8').replaceAll(`'../`, `'${folder}/`);
  for (const [index, port] of theirPorts.entries())
    helpers = helpers
      .replaceAll(`:${port}\``, `:${ports[index]}\``)
      .replaceAll(`port: ${port},`, `port: ${ports[index]},`);
  const helpersFile = join(own, 'helpers.js');
  writeFileSync(helpersFile, helpers);
  const configuration = {
    rootDir: folder,
    moduleNameMapper: { testHelpers: helpersFile },
    setupFilesAfterEnv: [join(folder, 'testHelpers/setup.js')],
    testPathIgnorePatterns: ['/node_modules/'],
    testRunner: 'jest-circus/runner',
    testEnvironment: 'node',
    testRegex: String.raw`(/__tests__/.*\.spec\.js|(\.|/)spec)\.jsx?$`,
  };
  writeFileSync(join(own, 'jest.config.json'), JSON.stringify(configuration));
  return own;
}
