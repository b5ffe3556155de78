import type { PublishedPart, WriteOutcome } from '@integrations/contracts';
import { ProviderError } from '@integrations/provider-kit';

/** What became of one of the things to show. */
export interface Part<R> {
  readonly shown: PublishedPart;
  readonly response: R | null;
  readonly error: ProviderError | null;
}

type Described = Pick<PublishedPart, 'id' | 'url'> & { readonly outcome: WriteOutcome };

/**
 * Posts one part; that it fails is not thrown, so that it does not stop the others. Except for what concerns them all:
 * the attempt is over, or the vendor asks to wait.
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

/** The failure that decides about the operation, of parts by their names: one that may pass rather than one that does not. */
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
