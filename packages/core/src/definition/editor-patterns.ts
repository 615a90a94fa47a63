import { durationFormat } from '../component/duration.ts';
import { sizeFormat } from '../component/size.ts';

/** The formats of our own as patterns, which every editor knows. */
export const editorPatterns: Readonly<Record<string, string>> = {
  [durationFormat]: '^(?:(?:\\d+(?:\\.\\d+)?(?:ms|[dhms]))+|P[0-9DTHMSW.]+)$',
  [sizeFormat]: '^\\d+(?:\\.\\d+)?(?:B|kB|MB|GB|TB|KiB|MiB|GiB|TiB)$',
};
