import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { resolveClassPath } from '../broker/class-path.ts';
import { javaArguments } from '../broker/java.ts';
import { lastLines, runCommand } from '../broker/run-command.ts';
import { mavenJar } from '../interop/maven-jar.ts';
import { superUser } from './authorized-broker.ts';

const version = '4.3.1';

/** Runs lines for `kafka-acls` in a shell, by Kafka's own tool; it logs in as who may do everything. Fails at the first that fails. */
export async function runKafkaAcls(lines: string): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'headrace-acls-'));
  try {
    const jars = [await mavenJar('org.apache.kafka', 'kafka-tools', version), await resolveClassPath()];
    const login = path.join(folder, 'login.properties');
    const { username, password } = superUser;
    const module = 'org.apache.kafka.common.security.plain.PlainLoginModule';
    await writeFile(
      login,
      `security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\nsasl.jaas.config=${module} required username="${username}" password="${password}";\n`,
    );
    const java = javaArguments(jars.join(path.delimiter), [], ['org.apache.kafka.tools.AclCommand']);
    const words = ['java', ...java].map((word) => `'${word}'`).join(' ');
    const tool = path.join(folder, 'kafka-acls');
    await writeFile(tool, `#!/bin/sh\nexec ${words} "$@" --command-config '${login}'\n`);
    await chmod(tool, 0o755);
    const script = `set -e\nPATH='${folder}':"$PATH"\n${lines}\n`;
    const result = await runCommand('bash', ['-c', script], 200_000);
    if (!result.succeeded) throw new Error(`kafka-acls ended with ${result.ending}:\n${lastLines(result.output, 30)}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
