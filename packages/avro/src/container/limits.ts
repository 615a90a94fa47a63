/** States how many bytes a block may have, in the file and decompressed, unless the reader says otherwise. */
export const MAX_BLOCK_BYTES = 64 << 20;

/** States how many bytes the header of a file may have. */
export const MAX_HEADER_BYTES = 16 << 20;

/** States how many entries the metadata of a file may have. */
export const MAX_METADATA_ENTRIES = 1_000;

/** States at how many bytes of records a writer ends a block unless it is told otherwise. */
export const BLOCK_BYTES = 64 << 10;

/** States how many records that take no bytes a block may have. */
export const MAX_EMPTY_RECORDS = 1_000_000;
