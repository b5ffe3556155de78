import type { PublishedPart, WriteOutcome } from '@integrations/contracts';
import { ProviderError } from '@integrations/provider-kit';

/** The result of one part of a publish request: check run, status, remarks or comment. */
export interface Part<R> {
  readonly shown: PublishedPart;
  readonly response: R | null;
  readonly error: ProviderError | null;
}

type Described = Pick<PublishedPart, 'id' | 'url'> & { readonly outcome: WriteOutcome };

/**
 * Posts one part. A failure is returned and not thrown, so that the other parts are still posted. What concerns them
 * all is thrown: the attempt was aborted, the vendor asks for a wait, or the error is not a ProviderError.
 */
export async function postPart<R>(
  post: () => Promise<R>,
  describe: (response: R) => Described,
  signal: AbortSignal,
): Promise<Part<R>> {
  try {
    const response = await post();
    return { response, error: null, shown: { ...describe(response), reason: null, errorCode: null } };
  } catch (error) {
    if (signal.aborted || !(error instanceof ProviderError) || error.code === 'rate_limited') throw error;
    const { message: reason, code: errorCode } = error;
    return { response: null, error, shown: { ...NOTHING, outcome: 'failed', reason, errorCode } };
  }
}

export function skippedPart(reason: string): Part<never> {
  return { response: null, error: null, shown: { ...NOTHING, outcome: 'skipped', reason, errorCode: null } };
}

/** The failure that decides about the operation: the first transient one, because a retry may help, else the first. */
export function failureOf(parts: Readonly<Record<string, Part<unknown> | null>>): ProviderError | null {
  const failures = Object.entries(parts).flatMap(([name, part]) => (part?.error ? [{ name, error: part.error }] : []));
  const decisive = failures.find(({ error }) => error.transient) ?? failures[0];
  if (!decisive) return null;
  const { code, message, transient, httpStatus, retryAfterMs } = decisive.error;
  return new ProviderError(code, `${decisive.name}: ${message}`, {
    cause: decisive.error,
    transient,
    httpStatus,
    retryAfterMs,
  });
}

const NOTHING = { id: null, url: null } as const;
