import { isErrorCode } from '@integrations/contracts';
import { ProviderError } from '@integrations/provider-kit';
import { type Scrub, toldBy } from './told';

/** Whose code runs. */
export interface Guarded {
  readonly provider: string;
  /** Cuts known secrets out of what it throws and answers: both are stored, told to other services and shown to whoever may read. */
  readonly scrub: Scrub;
}

/** No vendor asks for more, and what is not finite cannot be stored. */
const MAX_WAIT_MS = 24 * 60 * 60_000;

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
  const error = hasSoundWait(thrown) ? thrown : withSoundWait(thrown);
  const message = toldBy(scrub)(String(error.message));
  // In place: some carry more than a ProviderError has.
  if (message !== error.message) error.message = message;
  return error;
}

function hasSoundWait({ retryAfterMs: ms }: ProviderError): boolean {
  return ms === undefined || (Number.isFinite(ms) && ms >= 0 && ms <= MAX_WAIT_MS);
}

/** A plugin may have reckoned with a header that was not there. */
function withSoundWait(error: ProviderError): ProviderError {
  const { code, message, transient, stage, httpStatus, retryAfterMs: ms } = error;
  const wait = typeof ms === 'number' && ms > MAX_WAIT_MS ? { retryAfterMs: MAX_WAIT_MS } : {};
  const kept = { cause: error, transient, ...wait };
  return new ProviderError(code, message, {
    ...kept,
    ...(stage === undefined ? {} : { stage }),
    ...(httpStatus === undefined ? {} : { httpStatus }),
  });
}
