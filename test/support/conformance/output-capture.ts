import { everythingOf } from './leaks';

const CONSOLE_METHODS = ['debug', 'info', 'log', 'warn', 'error', 'trace'] as const;

/** Copies everything that is printed while it is active: console, stdout and stderr. */
export class OutputCapture {
  readonly #printed: string[] = [];
  readonly #restore: (() => void)[] = [];

  start(): void {
    for (const method of CONSOLE_METHODS) this.#listen(console, method);
    for (const stream of [process.stdout, process.stderr]) this.#listen(stream, 'write');
  }

  stop(): void {
    for (const restore of this.#restore.splice(0)) restore();
  }

  /** The output since the last call. */
  take(): string {
    return this.#printed.splice(0).join('\n');
  }

  #listen<T extends object>(owner: T, name: keyof T): void {
    const original = owner[name] as (...args: unknown[]) => unknown;
    const listening = (...args: unknown[]): unknown => {
      this.#printed.push(args.map((arg) => (typeof arg === 'string' ? arg : everythingOf(arg))).join(' '));
      return Reflect.apply(original, owner, args);
    };
    owner[name] = listening as T[keyof T];
    this.#restore.push(() => {
      owner[name] = original as T[keyof T];
    });
  }
}
