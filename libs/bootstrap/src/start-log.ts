import { BusError } from '@integrations/bus';
import { ConfigError } from '@integrations/config';
import { DatabaseError } from '@integrations/database';
import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** What tells an operator enough without a stack trace. */
const PLAIN_ERRORS = [BusError, ConfigError, DatabaseError];
/** The context in which Nest tells what ends the start. */
const NEST_GIVES_UP = 'ExceptionHandler';

/**
 * Nest's logger until the app's own can be had: the same lines, but nothing of each module and route, which helps nobody at
 * night, nor of a plain error that ends the start, which `runService` tells.
 */
export class StartLog implements LoggerService {
  constructor(private readonly logger: Pick<Logger, 'fatal' | 'error' | 'warn'>) {}

  fatal(said: unknown, ...more: unknown[]): void {
    this.#tell('fatal', said, more);
  }

  error(said: unknown, ...more: unknown[]): void {
    const isPlain = PLAIN_ERRORS.some((PlainError) => said instanceof PlainError);
    if (!isPlain || more.at(-1) !== NEST_GIVES_UP) this.#tell('error', said, more);
  }

  warn(said: unknown, ...more: unknown[]): void {
    this.#tell('warn', said, more);
  }

  log(): void {}

  /** As Nest calls a logger: last the context, and before it the message where fields come first. */
  #tell(level: 'fatal' | 'error' | 'warn', said: unknown, more: readonly unknown[]): void {
    const context = more.at(-1);
    if (said instanceof Error) this.logger[level]({ context, err: said }, said.message);
    else if (typeof said === 'object') this.logger[level]({ context, ...said }, more.length > 1 ? String(more[0]) : '');
    else this.logger[level]({ context }, String(said));
  }
}
