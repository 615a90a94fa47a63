import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const workspace = fileURLToPath(new URL('../..', import.meta.url));

/** Twenty times what the runs take where nothing else runs; a hang is killed. */
const patienceMs = 40_000;

async function inChild(program: string, ...args: string[]): Promise<string> {
  const options = ['--conditions=@headrace/source', '--import', './scripts/source-loader.mjs'];
  const run = promisify(execFile)(process.execPath, [...options, `test/protocol/${program}`, ...args], {
    cwd: workspace,
    timeout: patienceMs,
    killSignal: 'SIGKILL',
  });
  return (await run).stdout;
}

describe('hostile bytes', () => {
  it('are refused with a code, without time or memory to speak of', async () => {
    const { outcomes, megabytes } = JSON.parse(await inChild('hostile-cases.ts'));
    expect(outcomes).toEqual({
      'a count of two thousand millions': 'TOO_MANY_ITEMS',
      'a compact count that is a lie': 'TOO_MANY_ITEMS',
      'tags without end': 'TOO_MANY_ITEMS',
      'records longer than the frame': 'TRUNCATED',
      'a varint without end': 'BAD_VARINT',
      'a count of records that is a lie': 'TOO_MANY_ITEMS',
      'records of length zero': 'TRUNCATED',
      'headers without end': 'TOO_MANY_ITEMS',
      'a gzip bomb': 'BAD_COMPRESSION',
      'gzip that is not gzip': 'BAD_COMPRESSION',
      'a compression that is not at hand': 'UNSUPPORTED_COMPRESSION',
      'a compression that does not exist': 'UNSUPPORTED_COMPRESSION',
      'a length below the header': 'BAD_BATCH',
      'a negative length': 'BAD_BATCH',
      'more records than offsets': 'BAD_BATCH',
      'a negative count': 'BAD_BATCH',
      'offsets that do not grow': 'BAD_BATCH',
      'magic 0': 'UNSUPPORTED_MAGIC',
      'magic 1': 'UNSUPPORTED_MAGIC',
      'magic 3': 'UNSUPPORTED_MAGIC',
      'a wrong checksum': 'CRC_MISMATCH',
    });
    expect(megabytes).toBeLessThan(400);
  });

  it('of 10000 spoiled frames and batches are read or refused, and what is read is written the same', async () => {
    expect(await inChild('fuzz.ts', '10000', '1')).toBe('10000 cases from seed 1, 0 failures\n');
  });
});
