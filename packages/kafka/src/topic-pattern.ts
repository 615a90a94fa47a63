/** Reads the option `pattern`: it stands for whole names, as in other clients; null where it is no regular expression. */
export function topicPattern(text: string): RegExp | null {
  try {
    return new RegExp(`^(?:${text})$`, 'u');
  } catch {
    return null;
  }
}
