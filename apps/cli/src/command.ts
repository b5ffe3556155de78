import { TENANT_PATTERN } from '@integrations/contracts';
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';

/** A command of the CLI. */
export interface Command {
  /** The words that select the command: `['token', 'create']`. */
  readonly words: readonly string[];
  readonly usage: string;
  readonly summary: string;
  run(args: readonly string[]): Promise<void>;
}

/** The command line is invalid. The message says what is expected. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

type Values<O extends ParseArgsOptionsConfig> = ReturnType<typeof parseArgs<{ options: O; strict: true }>>['values'];

/** Reads the options of a command. Throws CommandError if one is unknown, malformed, or required but missing. */
export function readOptions<O extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: O,
  required: readonly (keyof O & string)[] = [],
): Values<O> {
  let values: Values<O>;
  try {
    ({ values } = parseArgs({ args: [...args], options, strict: true, allowPositionals: false }));
  } catch (error) {
    throw new CommandError((error as Error).message, { cause: error });
  }
  const missing = required.filter((name) => !Object.hasOwn(values, name));
  if (missing.length > 0) throw new CommandError(missing.map((name) => `--${name} is missing`).join('\n'));
  return values;
}

export function requireTenant(tenant: string): void {
  if (!TENANT_PATTERN.test(tenant))
    throw new CommandError('--tenant must be 1 to 63 lower-case letters, digits, _ or -');
}
