/*
 * Preloaded into a process under test: kills it at one of its calls that change files, as a power cut would, without
 * regard to time. CRASH_AT is the number of the call, CRASH_WHEN its moment: "before", "after", or "half" for one that
 * writes and has then written half of its bytes. At its end the process prints how many such calls there were.
 */
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const files = require('node:fs/promises');
const at = Number(process.env['CRASH_AT'] ?? Infinity);
const when = process.env['CRASH_WHEN'] ?? 'before';
let calls = 0;

function die() {
  process.kill(process.pid, 'SIGKILL');
}

function crashing(original, write) {
  return async function crashed(...args) {
    calls++;
    if (calls !== at) return original.apply(this, args);
    if (when === 'before') die();
    if (when === 'half' && write) await original.call(this, args[0].slice(0, args[0].length >> 1), ...args.slice(1));
    else await original.apply(this, args);
    die();
  };
}

for (const name of ['rename', 'link', 'rm', 'copyFile']) files[name] = crashing(files[name], false);
const handle = await files.open(fileURLToPath(import.meta.url), 'r');
const prototype = Object.getPrototypeOf(handle);
await handle.close();
for (const name of ['appendFile', 'writeFile']) prototype[name] = crashing(prototype[name], true);
for (const name of ['sync', 'truncate']) prototype[name] = crashing(prototype[name], false);
syncBuiltinESMExports();
process.on('exit', () => process.stderr.write(`calls that change files: ${String(calls)}\n`));
