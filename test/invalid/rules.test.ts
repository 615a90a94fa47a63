import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { codes } from '../../packages/core/src/errors/codes.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = readFileSync(`${root}docs/rules.md`, 'utf8');
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && line.includes('`'))
  .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
  .map(([, says = '', code = '', file = '', shown = '']) => ({
    says,
    code: code.replaceAll('`', ''),
    file: file.replaceAll('`', ''),
    shown: shown.replaceAll('`', ''),
  }));

describe('the page of rules', () => {
  it('has each code that a check gives', () => {
    const missing = [...codes]
      .filter(([code, { checked }]) => checked && !rows.some((row) => row.code === code))
      .map(([code]) => code);
    expect(missing).toEqual([]);
  });

  it('names files that are there and give the code', () => {
    const wrong = rows.filter(({ code, file }) => {
      const text = existsSync(`${root}packages/${file}`) ? readFileSync(`${root}packages/${file}`, 'utf8') : '';
      return !text.includes(`'${code}'`) && !(code === 'NOT_BUILT_YET' && /notBuiltYet|reportLater/.test(text));
    });
    expect(wrong).toEqual([]);
  });

  it('names topologies that get the code', () => {
    const wrong = rows.filter(({ code, shown }) => {
      const findings = `${root}test/invalid/${shown}.findings.txt`;
      return !existsSync(findings) || !readFileSync(findings, 'utf8').includes(` ${code}  `);
    });
    expect(wrong).toEqual([]);
  });

  it('names tests that are there', () => {
    const named = [...page.matchAll(/`((?:test|packages)\/[^`]+)`/g)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !existsSync(root + name))).toEqual([]);
  });
});
