/**
 * Work that is done at once and then every so often, for the life of an app. One run at a time: a turn that comes while one
 * is under way is left out. The work never rejects; it logs what fails.
 */
export class Repeating {
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(
    private readonly everyMs: number,
    private readonly work: () => Promise<void>,
  ) {}

  /** Aborts when the run under way is to end early. */
  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Resolves after the first run. */
  async start(): Promise<void> {
    this.#timer = setInterval(() => void this.#run(), this.everyMs);
    await this.#run();
  }

  /** Resolves when nothing is under way any more. */
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
