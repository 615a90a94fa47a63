/** Reports that a directory of a broker cannot be used: another process has it, or it holds what is not understood. */
export class DataDirectoryError extends Error {
  readonly code: 'BROKER_DATA_LOCKED' | 'BROKER_DATA_UNREADABLE';
  /** The file or directory that it is about. */
  readonly file: string;

  constructor(code: DataDirectoryError['code'], file: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'DataDirectoryError';
    this.code = code;
    this.file = file;
  }
}
