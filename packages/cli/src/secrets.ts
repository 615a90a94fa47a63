import type { TopologyGraph } from '@headrace/core';

/** Takes secrets out of a text. */
export type Redact = (text: string) => string;

/** A secret shorter than this is no secret, and taking it out of every line would leave nothing to read. */
const shortest = 4;

/** Makes what puts `***` in place of the secrets of a topology, as they are and as JSON writes them. */
export function redactorOf({ parameters }: Pick<TopologyGraph, 'parameters'>): Redact {
  const forms = new Set<string>();
  for (const { secret, value } of parameters.values()) {
    if (!secret || typeof value !== 'string' || value.length < shortest) continue;
    for (const form of [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]) forms.add(form);
  }
  // The longest first: one secret may be a part of another.
  const ordered = [...forms].sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((left, form) => left.replaceAll(form, '***'), text);
}
