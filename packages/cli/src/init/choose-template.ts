import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { defaultTemplate, type Template } from './templates.ts';

const prompt = 'Number or name [1]: ';

/** Prints the templates and returns the name of the one that is chosen, by number or name; asks again where there is none such. An empty answer, and none, is the first. */
export async function chooseTemplate(
  templates: ReadonlyMap<string, Template>,
  input: Readable,
  output: Writable,
): Promise<string> {
  const names = [...templates.keys()];
  output.write(`Which example do you start from?\n${listTemplates(templates, true)}`);
  const asking = createInterface({ input, output });
  let ended = false;
  asking.once('close', () => (ended = true));
  asking.setPrompt(prompt);
  // What was typed before the end of the input is still answered; Node 24 refuses to prompt for it.
  const ask = (): void => void (ended ? output.write(prompt) : asking.prompt());
  try {
    ask();
    for await (const line of asking) {
      const answer = line.trim();
      if (answer === '') return defaultTemplate;
      const chosen = templates.has(answer) ? answer : names[Number(answer) - 1];
      if (chosen !== undefined) return chosen;
      ask();
    }
    return defaultTemplate;
  } finally {
    asking.close();
  }
}

/** Returns one line a template: its name and what it shows, numbered where asked. */
export function listTemplates(templates: ReadonlyMap<string, Template>, numbered = false): string {
  const width = Math.max(...[...templates.keys()].map((name) => name.length));
  const lines = [...templates].map(([name, { summary }], i) => {
    const number = numbered ? `${String(i + 1).padStart(2)}  ` : '';
    return `  ${number}${name.padEnd(width)}  ${summary}\n`;
  });
  return lines.join('');
}
