import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { confirm } from './confirm.ts';

function asked(answer: string | null): Promise<boolean> {
  const input = new PassThrough();
  input.end(answer ?? undefined);
  return confirm('Delete it?', { input, output: new PassThrough(), isTerminal: true });
}

describe('confirm', () => {
  it.each(['y\n', 'Yes\n', ' YES \n'])('takes %j for a yes', async (answer) => {
    expect(await asked(answer)).toBe(true);
  });

  it.each(['n\n', '\n', 'yo\n', 'oh yes\n', null])('takes %j for a no', async (answer) => {
    expect(await asked(answer)).toBe(false);
  });

  it('refuses where nobody can answer', async () => {
    const asking = { input: new PassThrough(), output: new PassThrough(), isTerminal: false };
    await expect(confirm('Delete it?', asking)).rejects.toMatchObject({ code: 'CONFIRMATION_NEEDED' });
  });
});
