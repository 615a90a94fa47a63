import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDirectory } from '../broker/cache.ts';
import { resolveClassPath } from '../broker/class-path.ts';
import { javaArguments } from '../broker/java.ts';
import { lastLines, runCommand } from '../broker/run-command.ts';

const avroVersion = '1.11.4';

/** Runs a single-file program of this folder with the Java client of Kafka and Avro at hand; returns what it printed. */
export async function runJava(program: string, args: readonly string[]): Promise<string> {
  const classPath = [await resolveClassPath(), await avroJar()].join(delimiter);
  const file = fileURLToPath(new URL(program, import.meta.url));
  const result = await runCommand('java', javaArguments(classPath, [], [file, ...args]), 120_000);
  if (!result.succeeded) throw new Error(`${program} ended with ${result.ending}:\n${lastLines(result.output, 30)}`);
  return result.output;
}

async function avroJar(): Promise<string> {
  const folder = await cacheDirectory();
  const jar = join(folder, `avro-${avroVersion}.jar`);
  if (existsSync(jar)) return jar;
  const goal = 'org.apache.maven.plugins:maven-dependency-plugin:2.8:copy';
  const artifact = `-Dartifact=org.apache.avro:avro:${avroVersion}`;
  const result = await runCommand('mvn', ['-q', '-B', goal, artifact, `-DoutputDirectory=${folder}`], 300_000);
  if (!result.succeeded) throw new Error(`Maven could not fetch Avro:\n${lastLines(result.output, 20)}`);
  return jar;
}
