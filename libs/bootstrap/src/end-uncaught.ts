import { Logger } from '@nestjs/common';

/** Ends the process on our behalf. */
export type End = (code: number) => never;

/**
 * Ends the process on an uncaught error, as Node itself would. But Node would print everything attached to the error, such
 * as a request with its headers, without removing secrets. Also logs an exit by other code, such as a plugin: it would
 * otherwise leave no trace, and after exit code 0 nothing would restart the app.
 */
export function endUncaught(): End {
  const log = new Logger('process');
  const onForeignExit = () => {
    // Created here, below process.exit, so that its stack shows the caller.
    log.fatal({ err: new Error('process.exit was called') }, 'process ended by a plugin or library');
    process.exitCode = 1;
  };
  const end: End = (code) => {
    process.off('exit', onForeignExit);
    process.exit(code);
  };
  process.once('exit', onForeignExit);
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'process ended by an uncaught error');
    end(1);
  });
  return end;
}
