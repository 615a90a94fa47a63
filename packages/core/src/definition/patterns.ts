/** The pattern of ids, ports and parameters. */
export const idPattern = '^[A-Za-z][A-Za-z0-9_]{0,63}$';

/** The pattern of a topology's name. */
export const namePattern = '^[a-z][a-z0-9-]{0,99}$';
