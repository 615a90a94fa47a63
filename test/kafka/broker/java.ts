import { statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { javaVersion } from './availability.ts';
import { cacheDirectory, shortHash } from './cache.ts';

/** Flags of a short life: the cheap compiler and collector. Good for tests of behaviour, wrong for benchmarks. */
const shortLife = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

/** Returns the arguments of `java` that run one of Kafka's main classes. */
export function javaArguments(classPath: string, extra: readonly string[], main: readonly string[]): string[] {
  return [...shortLife, ...extra, '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-cp', classPath, ...main];
}

/**
 * Returns the file of the class-data archive, which halves the time to boot.
 * Java accepts it only from the same build and the same jars, so these are in its name.
 */
export async function classArchiveFile(classPath: string): Promise<string> {
  const jars = classPath.split(delimiter).map((jar) => {
    const { size, mtimeMs } = statSync(jar);
    return `${jar} ${size} ${mtimeMs}`;
  });
  const key = shortHash([javaVersion() ?? '', ...shortLife, ...jars].join('\n'));
  return join(await cacheDirectory(), `classes-${key}.jsa`);
}
