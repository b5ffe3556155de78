import { isErrorCode } from '@integrations/contracts';
import { ProviderError } from '@integrations/provider-kit';
import { soundWait } from './sound-wait';
import { type Scrub, toldBy } from './told';

/** Whose code runs. */
export interface Guarded {
  readonly provider: string;
  /** Cuts known secrets out of what it throws and answers: both are stored, told to other services and shown to whoever may read. */
  readonly scrub: Scrub;
}

/** What a plugin threw, as it can be judged, stored and told. Throws nothing: whoever waits for the plugin has no other word. */
export function asProviderError(thrown: unknown, plugin: Guarded): ProviderError {
  try {
    return told(thrown, plugin);
  } catch (cause) {
    // It is frozen, or its fields are not what they seem.
    return new ProviderError('internal', `${plugin.provider}: what the plugin threw cannot be told`, { cause });
  }
}

function told(thrown: unknown, { provider, scrub }: Guarded): ProviderError {
  if (!(thrown instanceof ProviderError)) {
    return new ProviderError('internal', `${provider}: the plugin failed unexpectedly`, { cause: thrown });
  }
  if (!isErrorCode(thrown.code)) {
    return new ProviderError('internal', `${provider}: the plugin threw a ProviderError whose code is none`, {
      cause: thrown,
    });
  }
  const wait = soundWait(thrown.retryAfterMs);
  const error = wait === thrown.retryAfterMs ? thrown : withWait(thrown, wait);
  const message = toldBy(scrub)(String(error.message));
  // In place: some carry more than a ProviderError has.
  if (message !== error.message) error.message = message;
  return error;
}

function withWait(error: ProviderError, retryAfterMs: number | undefined): ProviderError {
  const { code, message, transient, stage, httpStatus } = error;
  return new ProviderError(code, message, { cause: error, transient, retryAfterMs, stage, httpStatus });
}
