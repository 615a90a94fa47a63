import { Option } from 'commander';

/** Declares an option that takes one value and may be given several times: one that took all that follows would swallow the file. */
export function severalOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((value: string, before: readonly string[] | undefined) => [
    ...(before ?? []),
    value,
  ]);
}
