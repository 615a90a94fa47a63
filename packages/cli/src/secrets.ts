import type { TopologyGraph } from '@headrace/core';

/** Takes secrets out of a text. */
export type Redact = (text: string) => string;

/** A secret shorter than this is taken out only where it stands by itself: as a part of words it is in every line. */
const shortest = 4;

/** Makes what puts `***` in place of the secrets of a topology, as they are and as JSON writes them. */
export function redactorOf({ parameters }: Pick<TopologyGraph, 'parameters'>): Redact {
  const forms = new Set<string>();
  for (const { secret, value } of parameters.values()) {
    if (!secret || typeof value !== 'string' || value === '') continue;
    for (const form of [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]) forms.add(form);
  }
  // The longest first: one secret may be a part of another.
  const ordered = [...forms].sort((a, b) => b.length - a.length);
  const patterns = ordered.map((form) => (form.length < shortest ? alone(form) : form));
  return (text) => patterns.reduce<string>((left, pattern) => left.replaceAll(pattern, '***'), text);
}

// A number of JSON (`"level":30`) is none of a text that is secret.
function alone(secret: string): RegExp {
  const escaped = secret.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}_])(?<!":)${escaped}(?![\\p{L}\\p{N}_])`, 'gu');
}
