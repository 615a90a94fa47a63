/** The ways in which a file may be compressed as a whole, by the last part of its name. */
export type Compression = 'gzip' | 'zstandard' | 'snappy';

const byExtension: Readonly<Record<string, Compression>> = {
  '.gz': 'gzip',
  '.zst': 'zstandard',
  '.sz': 'snappy',
  '.snappy': 'snappy',
};

const extension = /\.(?:gz|zst|sz|snappy)$/;

/** Tells by its name how a file is compressed; null for not at all. */
export function compressionOf(file: string): Compression | null {
  const found = extension.exec(file)?.[0];
  return found === undefined ? null : (byExtension[found] as Compression);
}

/** Returns the name of a file without what says how it is compressed. */
export function unpackedName(file: string): string {
  return file.replace(extension, '');
}
