import { expect, it } from 'vitest';
import { createLogger, type LogFormat } from './create-logger.ts';

async function logged(format: LogFormat, isTerminal: boolean): Promise<string> {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = await createLogger({ level: 'info', format, destination, isTerminal });
  logger.info({ topology: 'orders', nodes: { paid: { in: 3 } } }, 'orders: 3 records read');
  logger.warn({ topology: 'orders', node: 'feed' }, 'a sink cannot begin');
  return lines.join('');
}

it('prints a line for people, without what its sentence says already', async () => {
  const text = await logged('pretty', false);
  expect(text.replaceAll(/\[[\d:.]+\] /g, '')).toBe(
    'INFO: orders: 3 records read\nWARN: a sink cannot begin {"node":"feed"}\n',
  );
  expect(await logged('auto', true)).toContain('orders: 3 records read');
});

it('prints a line of JSON with everything for programs', async () => {
  const [first = ''] = (await logged('auto', false)).split('\n');
  expect(JSON.parse(first)).toMatchObject({ topology: 'orders', nodes: { paid: { in: 3 } } });
});
