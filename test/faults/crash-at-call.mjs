/*
 * Preloaded into a process under test: at one of its calls that change files, or that read them piece by piece, it kills the process, as
 * a power cut would, or lets the call fail, without regard to time.
 *
 * CRASH_AT     the number of the call
 * CRASH_READS  counts reads in place of changes, and lets each give so many bytes at most, as a file system may: a count of them says how
 *              far a start has come
 * CRASH_WHEN   its moment: "before", "after", or "half" for one that writes and has then written half of its bytes, or reads;
 *              "full": the call, and every later one that needs room, fails with ENOSPC, and the process lives
 * CRASH_LOSES  what was not synced when the process is killed: "bytes" are cut off of files, whatever their names; "names" that were
 *              given or taken since their folder was synced are undone; "both"; nothing unless said, as when only a process dies
 * CRASH_ASIDE  a folder of the same file system, for what "names" must bring back
 *
 * At its end the process prints how many such calls there were.
 */
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const files = require('node:fs/promises');
const fs = require('node:fs');
const at = Number(process.env['CRASH_AT'] ?? Infinity);
const when = process.env['CRASH_WHEN'] ?? 'before';
const loses = process.env['CRASH_LOSES'] ?? '';
const bytesARead = Number(process.env['CRASH_READS'] ?? 0);
let calls = 0;
let hidden = 0;

/** What is known of files by their numbers: their names, and up to where they are synced. */
const known = new Map();
/** How to take back what was done to names since their folders were synced. */
let undo = [];
const paths = new WeakMap();

function attempt(work) {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function numberOf(path) {
  return attempt(() => fs.statSync(path).ino);
}

function die() {
  if (loses === 'bytes' || loses === 'both') {
    for (const [number, { names, synced }] of known) {
      const name = [...names].find((one) => numberOf(one) === number);
      if (name !== undefined) attempt(() => fs.truncateSync(name, Math.min(synced, fs.statSync(name).size)));
    }
  }
  if (loses === 'names' || loses === 'both') for (const { take } of undo.reverse()) attempt(take);
  process.kill(process.pid, 'SIGKILL');
}

function isFull(name) {
  return calls >= at && ['open', 'mkdir', 'create', 'copyFile', 'appendFile', 'writeFile'].includes(name);
}

function noSpace(name) {
  return Object.assign(new Error(`ENOSPC: no space left on device, ${name}`), { code: 'ENOSPC', syscall: name });
}

/** Keeps a second name of a file, so that the first can be given back. */
function keep(path) {
  const aside = join(process.env['CRASH_ASIDE'] ?? '', `aside-${process.pid}-${hidden++}`);
  attempt(() => fs.linkSync(path, aside));
  return fs.existsSync(aside) ? aside : null;
}

function made(path) {
  known.set(numberOf(path), { names: new Set([path]), synced: 0 });
  undo.push({ folder: dirname(path), take: () => fs.rmSync(path) });
}

const before = {
  rename(from, to) {
    const old = loses === '' ? null : keep(to);
    return () => {
      known.get(numberOf(to))?.names.add(to);
      const take = () => {
        fs.renameSync(to, from);
        if (old !== null) fs.renameSync(old, to);
      };
      undo.push({ folder: dirname(to), take });
    };
  },
  link(from, to) {
    return () => {
      known.get(numberOf(to))?.names.add(to);
      undo.push({ folder: dirname(to), take: () => fs.rmSync(to) });
    };
  },
  rm(path) {
    const old = loses === '' ? null : keep(path);
    return () => {
      if (old !== null) undo.push({ folder: dirname(path), take: () => fs.renameSync(old, path) });
    };
  },
  mkdir() {
    return (first) => {
      if (first !== undefined)
        undo.push({ folder: dirname(first), take: () => fs.rmSync(first, { recursive: true, force: true }) });
    };
  },
  copyFile(_from, to) {
    return () => made(to);
  },
  create(path) {
    return () => made(path);
  },
  open(path, flags = 'r') {
    const size = attempt(() => fs.statSync(path).size);
    return (handle) => {
      paths.set(handle, path);
      if (flags === 'r') return;
      const number = numberOf(path);
      // What is cut off at the opening is gone, and nothing of what follows is synced.
      if (!known.has(number) || flags.startsWith('w'))
        known.set(number, { names: new Set([path]), synced: flags.startsWith('w') ? 0 : (size ?? 0) });
      if (size === undefined) undo.push({ folder: dirname(path), take: () => fs.rmSync(path) });
    };
  },
  sync() {
    return (_result, handle) => {
      const path = paths.get(handle);
      const { ino, size } = fs.fstatSync(handle.fd);
      const file = known.get(ino);
      if (file !== undefined) file.synced = size;
      undo = undo.filter(({ folder }) => folder !== path);
    };
  },
};

function crashing(name, original) {
  return async function crashed(...args) {
    // Opening for reading changes nothing.
    if (name === 'open' && (args[1] ?? 'r') === 'r') {
      const handle = await original.apply(this, args);
      paths.set(handle, args[0]);
      return handle;
    }
    if (bytesARead === 0) calls++;
    if (when === 'full' && isFull(name)) throw noSpace(name);
    const hit = bytesARead === 0 && calls === at && when !== 'full';
    if (hit && when === 'before') die();
    const done = before[name]?.(...args);
    try {
      let result;
      if (hit && when === 'half' && (name === 'appendFile' || name === 'writeFile')) {
        await original.call(this, args[0].slice(0, args[0].length >> 1), ...args.slice(1));
      } else result = await original.apply(this, args);
      done?.(result, this);
      return result;
    } finally {
      if (hit) die();
    }
  };
}

function reading(original) {
  return async function read(buffer, offset, length, position) {
    calls++;
    if (calls === at && when === 'before') die();
    const hit = calls === at;
    const result = original.call(this, buffer, offset, Math.min(length, bytesARead), position);
    if (hit && when === 'half') die();
    await result;
    if (hit) die();
    return result;
  };
}

const handle = await files.open(fileURLToPath(import.meta.url), 'r');
const prototype = Object.getPrototypeOf(handle);
await handle.close();
for (const name of ['open', 'mkdir', 'rename', 'link', 'rm', 'copyFile']) files[name] = crashing(name, files[name]);
files.writeFile = crashing('create', files.writeFile);
for (const name of ['appendFile', 'writeFile', 'sync', 'truncate']) prototype[name] = crashing(name, prototype[name]);
if (bytesARead > 0) prototype.read = reading(prototype.read);
syncBuiltinESMExports();
process.on('exit', () =>
  process.stderr.write(`calls that ${bytesARead > 0 ? 'read' : 'change'} files: ${String(calls)}\n`),
);
