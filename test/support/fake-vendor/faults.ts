/** A logged request. Its path excludes the base path; its body is parsed if it is JSON. */
export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
  /** The status of the answer; 0 if the connection was just closed. */
  status: number;
}

/** Replaces the answer. `truncate` announces the whole body and sends half of it. */
export type FaultReply =
  | 'reset'
  | 'hang'
  | 'garbage'
  | 'truncate'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string };

export interface Fault {
  when(request: LoggedRequest): boolean;
  /** How often the fault happens; once if absent. */
  readonly times?: number;
  /** Whether the vendor carries out the request before the reply fails. */
  readonly processed: boolean;
  readonly reply: FaultReply;
}

/** The faults that are pending until a matching request. */
export class Faults {
  readonly #pending: { fault: Fault; left: number }[] = [];

  inject(fault: Fault): void {
    this.#pending.push({ fault, left: fault.times ?? 1 });
  }

  clear(): void {
    this.#pending.length = 0;
  }

  /** Takes one occurrence of the fault for a request. */
  take(request: LoggedRequest): Fault | undefined {
    const found = this.#pending.find(({ fault, left }) => left > 0 && fault.when(request));
    if (found) found.left -= 1;
    return found?.fault;
  }
}
