/** Makes the bytes of one file of the encoded values of its records. What it gives is to be written in the order in which it comes. */
export interface FileEncoder {
  /** Returns what the file begins with; nothing for one that goes on. */
  begin(): Uint8Array;
  /** Takes values, and returns bytes that are ready; what it keeps is bounded. */
  encode(values: readonly Uint8Array[]): Uint8Array;
  /** Returns what it kept. */
  flush(): Uint8Array;
}

/** How the files of a sink are made. */
export interface FileFormat {
  /** Makes the encoder of a new file. */
  begin(): FileEncoder;
  /** Makes the encoder of what is added to a complete file. Throws `FILE_CHANGED` where the file is of another form. */
  goOn(file: string): Promise<FileEncoder>;
}

/** No bytes. */
export const nothing: Uint8Array = new Uint8Array(0);
