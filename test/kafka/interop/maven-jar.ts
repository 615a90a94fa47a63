import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory } from '../broker/cache.ts';
import { lastLines, runCommand } from '../broker/run-command.ts';

/** Returns the path of one jar, without what it needs itself; Maven fetches it once. */
export async function mavenJar(group: string, artifact: string, version: string): Promise<string> {
  const folder = await cacheDirectory();
  const jar = join(folder, `${artifact}-${version}.jar`);
  if (existsSync(jar)) return jar;
  const goal = 'org.apache.maven.plugins:maven-dependency-plugin:2.8:copy';
  const coordinates = `-Dartifact=${group}:${artifact}:${version}`;
  const result = await runCommand('mvn', ['-q', '-B', goal, coordinates, `-DoutputDirectory=${folder}`], 300_000);
  if (!result.succeeded) throw new Error(`Maven could not fetch ${artifact}:\n${lastLines(result.output, 20)}`);
  return jar;
}
