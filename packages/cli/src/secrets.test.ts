import { expect, it } from 'vitest';
import type { Parameter } from '@headrace/core';
import { redactorOf } from './secrets.ts';

const parameter = (name: string, value: unknown, secret: boolean): [string, Parameter] => [
  name,
  { name, value, secret, type: 'string' } as unknown as Parameter,
];

it('puts stars in place of secrets as they are, in JSON and in addresses, and leaves the rest', () => {
  const redact = redactorOf({
    parameters: new Map([
      parameter('password', 'p"ss wörd', true),
      parameter('longer', 'p"ss wörd and more', true),
      parameter('unset', undefined, true),
      parameter('short', 'abc', true),
      parameter('user', 'etl-user', false),
    ]),
  });
  expect(redact('login etl-user with p"ss wörd failed')).toBe('login etl-user with *** failed');
  expect(redact(JSON.stringify({ message: 'p"ss wörd' }))).toBe('{"message":"***"}');
  expect(redact(`https://etl:${encodeURIComponent('p"ss wörd')}@host`)).toBe('https://etl:***@host');
  expect(redact('p"ss wörd and more')).toBe('***');
  expect(redact('abc')).toBe('***');
});

it('puts stars in place of a short secret where it stands by itself, and keeps lines of JSON whole', () => {
  const redact = redactorOf({
    parameters: new Map([
      parameter('letters', 'in', true),
      parameter('number', '30', true),
      parameter('signs', '$.', true),
      parameter('empty', '', true),
    ]),
  });
  expect(redact('login with "in" failed at mqtt://etl:in@host?pin=in')).toBe(
    'login with "***" failed at mqtt://etl:***@host?pin=***',
  );
  expect(redact('{"level":30,"msg":"refused 30"}')).toBe('{"level":30,"msg":"refused ***"}');
  expect(redact('costs $. here')).toBe('costs *** here');
});
