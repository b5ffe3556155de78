/** A missing or invalid setting. `message` says what is allowed and never quotes the value. */
export interface ConfigProblem {
  /** The environment variable. */
  readonly key: string;
  readonly message: string;
}

/** Everything that is wrong with a configuration, one line per environment variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly ConfigProblem[]) {
    super(['The configuration is wrong:', ...problems.map(({ key, message }) => `  ${key}: ${message}`)].join('\n'));
  }
}

/** `EX_CONFIG` of sysexits.h: tells a supervisor that a restart cannot help. */
const EX_CONFIG = 78;

/** The exit status for a process that ends because of the error. */
export function exitStatusOf(error: unknown): number {
  return error instanceof ConfigError ? EX_CONFIG : 1;
}

/** Returns what `run` returns; on a ConfigError prints its list to stderr and ends the process with status 78. */
export function exitOnConfigError<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return process.exit(exitStatusOf(error));
  }
}
