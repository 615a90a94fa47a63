import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';
import { resolveClassPath } from '../broker/class-path.ts';
import { javaArguments } from '../broker/java.ts';
import { lastLines, runCommand } from '../broker/run-command.ts';
import { mavenJar } from './maven-jar.ts';

const avroVersion = '1.11.4';

/** Runs a single-file program of this folder with the Java client of Kafka and Avro at hand; returns what it printed. */
export async function runJava(program: string, args: readonly string[]): Promise<string> {
  const classPath = [await resolveClassPath(), await mavenJar('org.apache.avro', 'avro', avroVersion)].join(delimiter);
  const file = fileURLToPath(new URL(program, import.meta.url));
  const result = await runCommand('java', javaArguments(classPath, [], [file, ...args]), 120_000);
  if (!result.succeeded) throw new Error(`${program} ended with ${result.ending}:\n${lastLines(result.output, 30)}`);
  return result.output;
}
