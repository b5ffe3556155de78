/**
 * Runs work at once and then every `everyMs`, for the life of an app. Skips a turn while the previous run is in flight. The
 * work must not reject; it logs its own failures.
 */
export class Repeating {
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(
    private readonly everyMs: number,
    private readonly work: () => Promise<void>,
  ) {}

  /** Aborts when the current run should end early. */
  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Resolves after the first run. */
  async start(): Promise<void> {
    this.#timer = setInterval(() => void this.#run(), this.everyMs);
    await this.#run();
  }

  /** Resolves when no run is in flight any more. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopping.abort();
    await this.#running;
  }

  #run(): Promise<void> {
    this.#running ??= this.work().finally(() => (this.#running = undefined));
    return this.#running;
  }
}
