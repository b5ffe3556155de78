import { Logger } from '@nestjs/common';

/**
 * Ends the process on an error that nobody caught, as Node does by itself. Node would print all that hangs on the error, such as
 * a request with its headers, and knows no secret.
 */
export function endUncaught(): void {
  process.on('uncaughtException', (error) => {
    new Logger('process').fatal({ err: error }, 'ended by an error that nobody caught');
    process.exit(1);
  });
}
