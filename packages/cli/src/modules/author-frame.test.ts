import { expect, it } from 'vitest';
import { authorFrame } from './author-frame.ts';

const thrown = (...frames: string[]): Error =>
  Object.assign(new Error('x'), { stack: ['Error: x (/home/me/t/not-here.ts:1:1)', ...frames].join('\n') });

it('is the first frame in the folder, whatever its form', () => {
  const ours = '    at listOnTimeout (node:internal/timers:573:17)';
  const library = '    at f (/home/me/t/node_modules/lib/index.js:1:1)';
  for (const frame of [
    '    at Timeout._onTimeout (/home/me/t/a b.ts:3:5)',
    '    at Timeout._onTimeout (file:///home/me/t/a%20b.ts?v=1:3:5)',
    '    at /home/me/t/a b.ts:3:5',
    '    at async Promise.all (file:///home/me/t/a%20b.ts:3:5)',
  ])
    expect(authorFrame(thrown(ours, library, frame, '    at /home/me/t/later.ts:9:9'), '/home/me/t')).toBe(
      'a b.ts:3:5',
    );
});

it('is nothing where the trace does not go through the folder', () => {
  expect(authorFrame(thrown('    at f (/home/me/t2/a.ts:3:5)'), '/home/me/t')).toBe(null);
  expect(authorFrame(Object.assign(new Error('x'), { stack: undefined }), '/home/me/t')).toBe(null);
});
