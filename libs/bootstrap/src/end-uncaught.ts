import { Logger } from '@nestjs/common';

/** How we end the process ourselves. */
export type End = (code: number) => never;

/**
 * Ends the process on an error that nobody caught, as Node does by itself. Node would print all that hangs on the error, such as
 * a request with its headers, and knows no secret. Whoever else ends it, as a plugin may, is told of: it would leave no word, and
 * with 0 nobody would start the app again.
 */
export function endUncaught(): End {
  const log = new Logger('process');
  const endedByOthers = () => {
    // Made here, below process.exit: its stack names who called that.
    log.fatal({ err: new Error('process.exit was called') }, 'ended by code that is not ours');
    process.exitCode = 1;
  };
  const end: End = (code) => {
    process.off('exit', endedByOthers);
    process.exit(code);
  };
  process.once('exit', endedByOthers);
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'ended by an error that nobody caught');
    end(1);
  });
  return end;
}
