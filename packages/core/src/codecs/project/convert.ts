/** Turns a value of one type into one of another; throws where this value does not fit. */
export type Convert = (value: unknown) => unknown;

/** A conversion, or `same` where values stay as they are. */
export type Conversion = Convert | 'same';
