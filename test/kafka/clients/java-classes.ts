import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDirectory, shortHash } from '../broker/cache.ts';
import { resolveClassPath } from '../broker/class-path.ts';
import { javaArguments } from '../broker/java.ts';
import { lastLines, runCommand } from '../broker/run-command.ts';

const pom = fileURLToPath(new URL('pom.xml', import.meta.url));
const sources = fileURLToPath(new URL('java/', import.meta.url));

/** Returns the arguments of `java` that run a class of the folder `java`, with Kafka's clients at hand. The folder is compiled once. */
export async function argumentsOf(main: string, args: readonly string[]): Promise<string[]> {
  const jars = await resolveClassPath(pom);
  const classPath = [await compiled(jars), jars].join(delimiter);
  const extra = ['-Dorg.slf4j.simpleLogger.log.org.apache.kafka=error'];
  return javaArguments(classPath, extra, [main, ...args]);
}

async function compiled(jars: string): Promise<string> {
  const files = readdirSync(sources).sort();
  const key = shortHash(files.map((file) => readFileSync(join(sources, file), 'utf8')).join('\n'));
  const cache = await cacheDirectory(pom);
  const folder = join(cache, `classes-${key}`);
  if (existsSync(folder)) return folder;
  const made = mkdtempSync(join(cache, 'compiling-'));
  const args = ['-d', made, '-cp', jars];
  const result = await runCommand('javac', [...args, ...files.map((file) => join(sources, file))], 120_000);
  if (!result.succeeded) throw new Error(`The Java programs do not compile:\n${lastLines(result.output, 40)}`);
  try {
    renameSync(made, folder);
  } catch (error) {
    // Another run was first.
    rmSync(made, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}
