import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Tells whether a real Kafka can be started here and, when it cannot, why. */
export type KafkaAvailability = { available: true } | { available: false; reason: string };

const oldestJava = 17;

/** Looks for Java 17 or newer and for Maven on the path. */
export function kafkaAvailable(): KafkaAvailability {
  const version = javaVersion();
  if (version === null) return { available: false, reason: 'there is no "java" on the path' };
  const feature = javaFeatureVersion(version);
  if (feature === null) return { available: false, reason: '"java -version" does not tell a version' };
  if (feature < oldestJava) return { available: false, reason: `"java" is version ${feature}` };
  if (!isOnPath('mvn')) return { available: false, reason: 'there is no "mvn" on the path' };
  return { available: true };
}

/** Returns what `java -version` prints, or null when it cannot be run. */
export function javaVersion(): string | null {
  const run = spawnSync('java', ['-version'], { encoding: 'utf8' });
  return run.error === undefined && run.status === 0 ? `${run.stderr}${run.stdout}`.trim() : null;
}

/** Reads the feature number out of what `java -version` prints: 8 of "1.8.0_402", 17 of "17.0.15", 21 of "21". */
function javaFeatureVersion(printed: string): number | null {
  const match = /version "(?:1\.)?(\d+)/.exec(printed);
  return match?.[1] === undefined ? null : Number(match[1]);
}

function isOnPath(command: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    const file = join(folder, command);
    try {
      accessSync(file, constants.X_OK);
      return statSync(file).isFile();
    } catch {
      return false;
    }
  });
}
