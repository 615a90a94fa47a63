import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { cacheDirectory, keepFile, pomFile } from './cache.ts';
import { lastLines, runCommand } from './run-command.ts';

const attempts = 2;
const deadlineMs = 10 * 60_000;

/** Returns the class path of a list of jars, the broker's unless another is given. Maven resolves it once, downloading what is missing; later calls read it from the cache. */
export async function resolveClassPath(pom = pomFile): Promise<string> {
  const cached = join(await cacheDirectory(pom), 'class-path.txt');
  const known = await readFile(cached, 'utf8').catch(() => '');
  if (isComplete(known)) return known;

  const directory = await mkdtemp(join(tmpdir(), 'headrace-kafka-jars-'));
  try {
    const resolved = join(directory, 'class-path.txt');
    await runMaven(pom, resolved);
    await keepFile(resolved, cached);
    return await readFile(resolved, 'utf8');
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Says whether every jar is still there: the user may have emptied Maven's own repository. */
function isComplete(classPath: string): boolean {
  return classPath !== '' && classPath.split(delimiter).every((jar) => existsSync(jar));
}

async function runMaven(pom: string, outputFile: string): Promise<void> {
  const args = ['-q', '-B', '-f', pom, 'dependency:build-classpath', `-Dmdep.outputFile=${outputFile}`];
  let last = '';
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const result = await runCommand('mvn', args, deadlineMs);
    if (result.succeeded && existsSync(outputFile)) return;
    last = `${result.ending}\n${lastLines(result.output, 20)}`;
  }
  throw new Error(
    `Maven could not fetch the jars of Apache Kafka, in ${attempts} attempts; the last ended with ${last}`,
  );
}
