/** How the command ends. */
export const exitCodes = {
  done: 0,
  failed: 1,
  wrongInput: 2,
  interruptedTwice: 130,
} as const;
