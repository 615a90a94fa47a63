import { Refusal } from '../refusal.ts';

const longest = 249;

/** Refuses a name that no topic may have. */
export function checkTopicName(name: string): void {
  if (name === '') throw invalid('the empty string is not allowed');
  if (name === '.' || name === '..') throw invalid(`'${name}' is not allowed`);
  if (name.length > longest) throw invalid(`the length of '${name}' is longer than the max allowed length ${longest}`);
  if (!/^[a-zA-Z0-9._-]+$/.test(name))
    throw invalid(`'${name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'`);
}

/** Tells whether a topic may have a name. */
export function isTopicName(name: string): boolean {
  return /^[a-zA-Z0-9._-]{1,249}$/.test(name) && name !== '.' && name !== '..';
}

function invalid(why: string): Refusal {
  return new Refusal('INVALID_TOPIC_EXCEPTION', `Topic name is invalid: ${why}`);
}
