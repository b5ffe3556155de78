import { isErrorCode } from '@integrations/contracts';
import { ProviderError } from '@integrations/provider-kit';
import { cappedWait } from './capped-wait';
import { type Scrub, scrubAndCut } from './scrub-and-cut';

/** The plugin whose code runs. */
export interface Guarded {
  readonly provider: string;
  /** Removes known secrets from its errors and answers, which are stored, sent to other services and shown to users. */
  readonly scrub: Scrub;
}

/** Turns anything a plugin threw into a ProviderError. Never throws: the caller would otherwise learn nothing. */
export function asProviderError(thrown: unknown, plugin: Guarded): ProviderError {
  try {
    return convert(thrown, plugin);
  } catch (cause) {
    // The error is frozen, or one of its getters throws.
    return new ProviderError('internal', `${plugin.provider}: the error that the plugin threw cannot be read`, {
      cause,
    });
  }
}

function convert(thrown: unknown, { provider, scrub }: Guarded): ProviderError {
  if (!(thrown instanceof ProviderError)) {
    return new ProviderError('internal', `${provider}: the plugin failed unexpectedly`, { cause: thrown });
  }
  if (!isErrorCode(thrown.code)) {
    return new ProviderError('internal', `${provider}: the plugin threw a ProviderError with an unknown code`, {
      cause: thrown,
    });
  }
  const wait = cappedWait(thrown.retryAfterMs);
  const error = wait === thrown.retryAfterMs ? thrown : withWait(thrown, wait);
  const message = scrubAndCut(scrub)(String(error.message));
  // Changed in place: subclasses carry more fields than ProviderError.
  if (message !== error.message) error.message = message;
  return error;
}

function withWait(error: ProviderError, retryAfterMs: number | undefined): ProviderError {
  const { code, message, transient, stage, httpStatus } = error;
  return new ProviderError(code, message, { cause: error, transient, retryAfterMs, stage, httpStatus });
}
