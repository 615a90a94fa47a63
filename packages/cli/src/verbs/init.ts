import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { HeadraceError } from '@headrace/core';
import { exitCodes } from '../exit-codes.ts';
import { exampleFiles } from '../init/example-files.ts';
import { reportError } from '../report-error.ts';

/** Writes a working example into a folder and says what to do next; returns the exit code. It overwrites nothing: 2 where a file is there. */
export function initFolder(folder: string): number {
  try {
    const schema = readFileSync(new URL('../../topology.schema.json', import.meta.url), 'utf8');
    const files = Object.entries({ ...exampleFiles, 'topology.schema.json': schema });
    const there = files.map(([name]) => path.join(folder, name)).filter((file) => existsSync(file));
    if (there.length > 0) {
      const list = there.map((file) => `"${file}"`).join(', ');
      throw new HeadraceError(
        'FILE_EXISTS',
        `Nothing was written, since there is already ${list}. Choose another folder.`,
      );
    }
    for (const [name, text] of files) {
      const file = path.join(folder, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text, { flag: 'wx' });
      process.stdout.write(`wrote ${file}\n`);
    }
    const enter = path.resolve(folder) === process.cwd() ? '' : `cd ${folder} && `;
    process.stdout.write(
      `\nNext:\n  ${enter}headrace validate topology.json\n  ${enter}headrace test\n  ${enter}headrace run topology.json\n`,
    );
    return exitCodes.done;
  } catch (error) {
    return reportError(error);
  }
}
