import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { systemClock, type NodeContext } from '@headrace/core';
import { InMemoryLog } from '../log/in-memory-log.ts';
import { VirtualClock } from '../virtual-clock.ts';
import { hold, type ComplianceContext } from './compliance-context.ts';

/** How long, in real time, something may take that waits for nothing but files and virtual time; only what hangs takes so long. */
const patienceMs = 20_000;
/** What waits for longer than this does not wait for files. */
const lateMs = 2000;

/** A place of its own for one trial of a source or sink: a folder with the files of the context, a Log, a clock that stands still. */
export class Workspace {
  readonly folder = mkdtempSync(join(tmpdir(), 'headrace-compliance-'));
  readonly clock = new VirtualClock(Date.parse('2026-01-01T00:00:00Z'));
  readonly log = new InMemoryLog({ clock: this.clock, group: 'compliance' });
  readonly #context: ComplianceContext;

  constructor(context: ComplianceContext) {
    this.#context = context;
    for (const [name, content] of Object.entries(context.files ?? {})) {
      const path = resolve(this.folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
    for (const topic of context.topics ?? []) this.log.createTopic(topic, 1);
  }

  /** Makes what each running component gets. */
  nodeContext(node: string, bounded: boolean): NodeContext {
    return {
      node,
      topology: 'compliance',
      clock: this.clock,
      resolvePath: (path) => resolve(this.folder, path),
      stateDirectory: join(this.folder, '.headrace'),
      bounded,
      fresh: true,
      log: () => Promise.resolve(this.log),
    };
  }

  /**
   * Waits for a promise. Virtual time goes on, slowly, while it is pending: at once, or only once nothing else can be what it waits
   * for (`late`), or not at all (`stands`). `what` begins the sentence where it does not end.
   */
  async within<T>(promise: Promise<T>, what: string, time: 'goes on' | 'late' | 'stands' = 'late'): Promise<T> {
    const state = { ended: false };
    const end = (): void => {
      state.ended = true;
    };
    promise.then(end, end);
    const begun = systemClock.monotonic();
    const moves = (): boolean => time === 'goes on' || (time === 'late' && systemClock.monotonic() - begun > lateMs);
    while (!state.ended) {
      for (let i = 0; i < 20 && !state.ended; i++) await this.clock.turn();
      if (state.ended) break;
      await new Promise<void>((resume) => void systemClock.after(2, resume));
      const { nextDue } = this.clock;
      if (nextDue !== null && moves()) this.clock.advanceTo(nextDue);
      hold(systemClock.monotonic() - begun < patienceMs, `${what} does not end.`);
    }
    return promise;
  }

  /** Lists the files of this folder that the process has open; null where the system does not tell. */
  openFiles(): readonly string[] | null {
    try {
      const links = readdirSync('/proc/self/fd').map((fd) => linkOf(`/proc/self/fd/${fd}`));
      return links.filter((path) => path.startsWith(`${this.folder}/`));
    } catch {
      return null;
    }
  }

  /** Returns what a sink has made visible, in pieces; null where it shows nobody anything. */
  visible(): readonly Uint8Array[] | null {
    const { visible, topics = [], files = {} } = this.#context;
    if (visible === null) return null;
    if (visible !== undefined) return visible({ folder: this.folder, log: this.log });
    const given = new Set(Object.keys(files).map((name) => resolve(this.folder, name)));
    const written = readdirSync(this.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !given.has(path) && !path.endsWith('.part') && !path.includes('/.'));
    const contents = written.map((path) =>
      path.endsWith('.gz') ? gunzipSync(readFileSync(path)) : readFileSync(path),
    );
    const values = topics.flatMap((topic) => this.log.read(topic)).map(({ value }) => value ?? new Uint8Array());
    return [...contents, ...values];
  }

  /** Removes the folder. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    // It was closed since it was listed.
    return '';
  }
}
