import { suggest } from '@headrace/cel';
import { skeletonSchema } from './skeleton-schema.ts';

const topKeys = Object.keys(skeletonSchema.properties);

/** Lists the keys of a topology that were probably meant by keys that do not exist: what they hold is not known. */
export function misspeltKeys(value: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(value)
    .filter((key) => !topKeys.includes(key))
    .flatMap((key) => suggest(key, topKeys) ?? []);
}
