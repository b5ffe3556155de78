import { ProviderError } from '@integrations/provider-kit';
import type { Fault, LoggedRequest } from './faults.ts';

export type Misbehaviour = Pick<Fault, 'processed' | 'reply'>;

/** Faults that any connection can have. Each vendor adds its own rate limits and errors. */
export const COMMON_FAULTS: Readonly<Record<string, () => Misbehaviour>> = {
  'lost reply': () => ({ processed: true, reply: 'reset' }),
  'reset before it is processed': () => ({ processed: false, reply: 'reset' }),
  '500 although it was done': () => ({ processed: true, reply: { status: 500 } }),
  'hang before it is processed': () => ({ processed: false, reply: 'hang' }),
  'hang although it was done': () => ({ processed: true, reply: 'hang' }),
  'garbage although it was done': () => ({ processed: true, reply: 'garbage' }),
  'body cut off although it was done': () => ({ processed: true, reply: 'truncate' }),
};

export interface Scenario<S> {
  readonly name: string;
  /** Operations that run first, undisturbed, each in its own session. */
  readonly before: readonly VendorOperation<S>[];
  readonly operation: VendorOperation<S>;
}

export type VendorOperation<S> = (session: S, signal: AbortSignal) => Promise<unknown>;

export interface FaultMatrix<S> {
  readonly scenarios: readonly Scenario<S>[];
  readonly faults: Readonly<Record<string, () => Misbehaviour>>;
  /** Returns the fake; called when the tests run. */
  readonly vendor: () => { readonly requests: LoggedRequest[]; inject(fault: Fault): void };
  /** Resets the fake. Returns a function that opens a session, called for each attempt. */
  readonly begin: () => () => S;
  /** Everything stored at the vendor, without values that differ from run to run. */
  readonly stored: () => object;
  /** Statuses of answers that garbage may replace without harm: expected errors, and answers without a body. */
  readonly harmless: readonly number[];
  /** Milliseconds that an undisturbed attempt may take. */
  readonly attemptMs: number;
  readonly timeoutMs?: number;
}

interface Run {
  readonly errors: readonly ProviderError[];
  readonly requests: number;
  readonly state: object;
  readonly isHarmless: boolean;
}

/** Tests each fault at each request of each scenario: retried as by a dispatcher, the operation has the undisturbed result. */
export function describeFaultMatrix<S>(matrix: FaultMatrix<S>): void {
  describe.each(matrix.scenarios)('$name', (scenario) => {
    let clean: Run;
    beforeAll(async () => {
      clean = await run(matrix, scenario);
    }, matrix.timeoutMs);

    it.each(Object.keys(matrix.faults))(
      'leaves the same result as without the fault: %s',
      async (name) => {
        for (let at = 1; at <= clean.requests; at++) {
          const { errors, state, isHarmless } = await run(matrix, scenario, { ...matrix.faults[name]!(), at });
          expect(errors).toHaveLength(isHarmless ? 0 : 1);
          expect(state).toEqual(clean.state);
        }
      },
      matrix.timeoutMs,
    );
  });
}

/** Runs a scenario as the dispatcher does: a new session for each attempt, and retries after transient errors. */
async function run<S>(
  matrix: FaultMatrix<S>,
  scenario: Scenario<S>,
  fault?: Misbehaviour & { at: number },
): Promise<Run> {
  const { attemptMs, harmless, stored } = matrix;
  const session = matrix.begin();
  const vendor = matrix.vendor();
  for (const before of scenario.before) await before(session(), AbortSignal.timeout(attemptMs));

  const patience = new AbortController();
  let seen = 0;
  const when = () => {
    const isHit = ++seen === fault?.at;
    // Aborts after the hit, not by time alone: on a busy machine the attempt would end before the fault.
    if (isHit && fault.reply === 'hang') setTimeout(() => patience.abort(), 20);
    return isHit;
  };
  if (fault) vendor.inject({ ...fault, when });
  vendor.requests.length = 0;
  const errors: ProviderError[] = [];
  for (;;) {
    const signal = errors.length === 0 ? patience.signal : AbortSignal.timeout(attemptMs);
    try {
      await scenario.operation(session(), signal);
      const faulty = vendor.requests[(fault?.at ?? 0) - 1];
      const isHarmless = fault?.reply === 'garbage' && harmless.includes(faulty!.status);
      return { errors, requests: vendor.requests.length, state: stored(), isHarmless };
    } catch (error) {
      if (!(error instanceof ProviderError) || !error.transient || errors.length === 3) throw error;
      errors.push(error);
    }
  }
}
