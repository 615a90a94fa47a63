import type Inspector from 'node:inspector';

/**
 * Ends the process with exit code 1 from another thread while the main thread never comes back: stops it by the inspector, calls `end` with
 * the function that it is in, and lets it exit. Where that does not go, the process is killed. Its text is run by itself, so it may
 * use nothing but its arguments.
 */
export function endMainThread(load: (name: 'node:inspector') => typeof Inspector, end: (where: string) => void): void {
  const kill = (): void => {
    process.kill(process.pid, 'SIGKILL');
  };
  const endFrom = (session: Inspector.Session): void => {
    const files = new Map<string, string>();
    session.on('Debugger.scriptParsed', ({ params }) => files.set(params.scriptId, params.url));
    session.on('Debugger.paused', ({ params: { callFrames } }) => {
      const urlOf = (frame: (typeof callFrames)[number]): string => files.get(frame.location.scriptId) ?? '';
      const frame = callFrames.find((each) => urlOf(each).startsWith('file:'));
      const name = frame === undefined || frame.functionName === '' ? 'a function' : `"${frame.functionName}"`;
      end(frame === undefined ? '' : `, in ${name} of ${urlOf(frame)}`);
      const { callFrameId } = callFrames[0] as (typeof callFrames)[number];
      session.post('Debugger.evaluateOnCallFrame', { callFrameId, expression: 'process.exit(1)' });
    });
    session.post('Debugger.enable', () => session.post('Debugger.pause'));
  };
  // What never comes back to JavaScript cannot be made to end with a code.
  setTimeout(kill, 5000);
  try {
    const session = new (load('node:inspector').Session)();
    session.connectToMainThread();
    endFrom(session);
  } catch {
    end('');
    kill();
  }
}
