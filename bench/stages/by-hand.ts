// A contender: the work in plain Node, a chunk of the file at a time.
import { createReadStream, createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { works, type Work } from './works.ts';

const [name, input, output] = process.argv.slice(2) as [string, string, string];
const { change } = works[name] as Work;
const written = createWriteStream(output);
let rest = '';
for await (const chunk of createReadStream(input, 'utf8') as AsyncIterable<string>) {
  const lines = (rest + chunk).split('\n');
  rest = lines.pop() ?? '';
  let text = '';
  for (const line of lines) {
    const result = change(JSON.parse(line) as never);
    if (result !== null) text += `${JSON.stringify(result)}\n`;
  }
  if (!written.write(text)) await once(written, 'drain');
}
written.end();
await once(written, 'finish');
