// Stands for the `headrace` command in a shell: hands it over to the server that already runs.
import { readFileSync } from 'node:fs';
import net from 'node:net';

const { HEADRACE_SERVER: socket, ...env } = process.env;
const connection = net.connect(socket);
const chunks = [];
connection.on('data', (chunk) => chunks.push(chunk));
connection.on('end', () => {
  const { code, stdout, stderr } = JSON.parse(Buffer.concat(chunks).toString());
  process.exitCode = code;
  process.stdout.write(stdout);
  process.stderr.write(stderr);
});
const stdin = readFileSync(0, 'utf8');
connection.end(JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd(), env, stdin }));
