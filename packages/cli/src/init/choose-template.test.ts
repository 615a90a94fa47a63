import { Readable, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { chooseTemplate } from './choose-template.ts';

const templates = new Map(
  ['starter', 'orders', 'access-log'].map((name) => [name, { summary: `About ${name}.`, files: {} }]),
);

async function choose(...answers: string[]) {
  const chunks: string[] = [];
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk.toString());
      done();
    },
  });
  const chosen = await chooseTemplate(templates, Readable.from(answers.map((answer) => `${answer}\n`)), output);
  return { chosen, printed: chunks.join('') };
}

describe('the question which example', () => {
  it('takes a number, a name, and nothing for the first', async () => {
    const { chosen, printed } = await choose('3');
    expect(chosen).toBe('access-log');
    expect(printed).toContain('   3  access-log  About access-log.\n');
    expect((await choose('orders')).chosen).toBe('orders');
    expect((await choose('')).chosen).toBe('starter');
    expect((await choose()).chosen).toBe('starter');
  });

  it('asks again where there is none such', async () => {
    const { chosen, printed } = await choose('7', 'toString', '2');
    expect(chosen).toBe('orders');
    expect(printed.match(/Number or name/g)).toHaveLength(3);
  });
});
