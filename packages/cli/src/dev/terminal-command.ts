/** What is typed while `dev` runs. */
export type TerminalCommand =
  | { readonly kind: 'send'; readonly to: string; readonly text: string; readonly isRecord: boolean }
  | { readonly kind: 'feed' }
  | { readonly kind: 'help' }
  | { readonly kind: 'quit' }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'wrong'; readonly why: string };

/** What can be typed, in one line. */
export const helpLine =
  'send <node|topic> {json}  |  record <node|topic> {"key", "value" or "raw", "headers", "at", "partition"}  |  feed (the samples again)  |  quit';

/** Reads a line. */
export function readCommand(line: string): TerminalCommand {
  const [, verb = '', rest = ''] = /^\s*(\S*)\s*(.*)$/s.exec(line) ?? [];
  switch (verb) {
    case '':
      return { kind: 'nothing' };
    case 'send':
    case 'record': {
      const [, to = '', text = ''] = /^(\S*)\s?(.*)$/s.exec(rest) ?? [];
      if (to === '' || text.trim() === '')
        return { kind: 'wrong', why: `"${verb}" needs a node or topic and a record: ${helpLine}` };
      return { kind: 'send', to, text, isRecord: verb === 'record' };
    }
    case 'feed':
    case 'help':
    case 'quit':
      return { kind: verb };
    case '?':
      return { kind: 'help' };
    default:
      return { kind: 'wrong', why: `there is no "${verb}" here: ${helpLine}` };
  }
}
