import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  builtInComponents,
  checkTopology,
  createRegistry,
  planTopology,
  startTopology,
  systemClock,
} from '@headrace/core';
import { expect, it } from 'vitest';
import { between } from './between.ts';
import { countdown } from './countdown.ts';
import { postbox } from './postbox.ts';
import { spaced } from './spaced.ts';

it('runs a topology of these components, and goes on where it was', async () => {
  const posted: string[] = [];
  const box = postbox(async (value) => void posted.push(Buffer.from(value).toString()));
  const registry = createRegistry([...builtInComponents, between, spaced, countdown, box]);
  const folder = mkdtempSync(join(tmpdir(), 'headrace-authoring-'));
  const definition = {
    headrace: 1,
    name: 'launch',
    sources: { numbers: { type: 'countdown', from: 9 } },
    operators: {
      last: { type: 'between', input: 'numbers', of: 'record.value', from: 0, to: 3 },
      slow: { type: 'spaced', input: 'last', pause: '1ms' },
    },
    sinks: { box: { type: 'postbox', input: 'slow' } },
  };
  const checked = checkTopology(
    { definition, file: join(folder, 'topology.ts') },
    { registry, env: {}, set: {}, purpose: 'run', readFile: () => '' },
  );
  expect(checked.findings).toEqual([]);
  try {
    for (let round = 0; round < 2; round++) {
      const running = startTopology({
        plan: planTopology(checked.graph!),
        registry,
        clock: systemClock,
        stateDirectory: join(folder, 'state'),
      });
      expect(await running.finished).toMatchObject({ clean: true });
      // What was posted once is committed.
      expect(posted).toEqual(['3', '2', '1', '0']);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
