// A contender: the work as a pipeline of RxJS, record by record.
import { createReadStream, createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { filter, from, lastValueFrom, map, tap } from 'rxjs';
import { works, type Work } from './works.ts';

const [name, input, output] = process.argv.slice(2) as [string, string, string];
const { change } = works[name] as Work;
const written = createWriteStream(output);
const lines = createInterface({ input: createReadStream(input), crlfDelay: Infinity });
await lastValueFrom(
  from(lines).pipe(
    map((line) => JSON.parse(line) as never),
    map((record) => change(record)),
    filter((result) => result !== null),
    map((result) => `${JSON.stringify(result)}\n`),
    tap((text) => void written.write(text)),
  ),
);
written.end();
await once(written, 'finish');
