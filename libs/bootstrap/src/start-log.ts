import { BusError } from '@integrations/bus';
import { ConfigError } from '@integrations/config';
import { DatabaseError } from '@integrations/database';
import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** Errors that are clear to an operator without a stack trace. */
const PLAIN_ERRORS = [BusError, ConfigError, DatabaseError];
/** The context under which Nest logs an error that ends the start. */
const NEST_START_FAILURE = 'ExceptionHandler';

/**
 * Nest's logger until the app's own is available. It writes the same lines, but leaves out the lines about each module and
 * route, and a plain error that ends the start, which `runService` prints.
 */
export class StartLog implements LoggerService {
  constructor(private readonly logger: Pick<Logger, 'fatal' | 'error' | 'warn'>) {}

  fatal(first: unknown, ...more: unknown[]): void {
    this.#write('fatal', first, more);
  }

  error(first: unknown, ...more: unknown[]): void {
    const isPlain = PLAIN_ERRORS.some((PlainError) => first instanceof PlainError);
    if (!isPlain || more.at(-1) !== NEST_START_FAILURE) this.#write('error', first, more);
  }

  warn(first: unknown, ...more: unknown[]): void {
    this.#write('warn', first, more);
  }

  log(): void {}

  /** Nest's calling convention: the context comes last, preceded by the message if the first argument is fields. */
  #write(level: 'fatal' | 'error' | 'warn', first: unknown, more: readonly unknown[]): void {
    const context = more.at(-1);
    if (first instanceof Error) this.logger[level]({ context, err: first }, first.message);
    else if (typeof first === 'object')
      this.logger[level]({ context, ...first }, more.length > 1 ? String(more[0]) : '');
    else this.logger[level]({ context }, String(first));
  }
}
