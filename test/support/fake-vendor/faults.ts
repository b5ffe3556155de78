/** A request as the log keeps it: its path is without the base path, its body parsed where it is JSON. */
export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
  /** What was answered; 0 where the connection just ended. */
  status: number;
}

/** What comes back instead of the answer. `truncate` promises the whole body and sends half of it. */
export type FaultReply =
  | 'reset'
  | 'hang'
  | 'garbage'
  | 'truncate'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string };

export interface Fault {
  when(request: LoggedRequest): boolean;
  /** How often; once if absent. */
  readonly times?: number;
  /** Whether the vendor carries the request out before the reply goes wrong. */
  readonly processed: boolean;
  readonly reply: FaultReply;
}

/** The faults that wait for their request. */
export class Faults {
  readonly #pending: { fault: Fault; left: number }[] = [];

  inject(fault: Fault): void {
    this.#pending.push({ fault, left: fault.times ?? 1 });
  }

  clear(): void {
    this.#pending.length = 0;
  }

  /** The fault for a request, which is thereby used up. */
  take(request: LoggedRequest): Fault | undefined {
    const found = this.#pending.find(({ fault, left }) => left > 0 && fault.when(request));
    if (found) found.left -= 1;
    return found?.fault;
  }
}
