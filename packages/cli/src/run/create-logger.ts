import { pino, type DestinationStream, type Logger } from 'pino';

/** The least level that is logged. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** The form of the log: `auto` is `pretty` on a terminal and `json` elsewhere. */
export type LogFormat = 'auto' | 'json' | 'pretty';

/** How a logger is made. */
export interface LoggerOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Takes whole lines. */
  readonly destination: DestinationStream;
  readonly isTerminal: boolean;
}

/** What the sentences for people say already. */
const saidInWords = ['topology', 'state', 'url', 'read', 'delivered', 'dropped', 'deadLetters', 'durationMs', 'nodes'];

/** Tells whether a log has one line of JSON an entry. */
export function isJson(format: LogFormat, isTerminal: boolean): boolean {
  return format === 'json' || (format === 'auto' && !isTerminal);
}

/** Makes the logger of a run: a line of JSON for each entry, or lines for people. */
export async function createLogger({ level, format, destination, isTerminal }: LoggerOptions): Promise<Logger> {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  if (isJson(format, isTerminal)) return pino(options, destination);
  const { prettyFactory } = await import('pino-pretty');
  const pretty = prettyFactory({
    colorize: isTerminal,
    translateTime: 'HH:MM:ss.l',
    singleLine: true,
    ignore: saidInWords.join(','),
  });
  return pino(options, { write: (line) => destination.write(pretty(line)) });
}
