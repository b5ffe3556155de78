import { ProviderError } from '@integrations/provider-kit';

/** Docker 1.12 of 2016, and the oldest that any engine still takes. */
const OLDEST = '1.24';
/** What we read has been the same ever since; a newer one need not be asked for. */
const NEWEST = '1.52';

/** The cause of a refusal that is about versions of the API. */
const NO_COMMON_VERSION = { code: 'API_VERSION' };

/** What to ask an engine for whose newest version is `theirs`: never more than that. Throws ProviderError if it is too old. */
export function agreedVersion(theirs: string): string {
  if (compare(theirs, OLDEST) < 0) throw versionRefusal(`speaks version ${theirs} of the API at most`);
  return compare(theirs, NEWEST) < 0 ? theirs : NEWEST;
}

export function isApiVersion(text: string | undefined): text is string {
  return text !== undefined && /^\d{1,3}\.\d{1,3}$/.test(text);
}

/** https://github.com/moby/moby/blob/master/daemon/server/middleware/version.go */
const TOO_OLD = /client version [\d.]+ is too old\. Minimum supported API version is (\d{1,3}\.\d{1,3})/;

/** The engine's minimum is above what we asked for; null if its answer says something else. */
export function refusedVersion(answer: string): ProviderError | null {
  const [, minimum] = TOO_OLD.exec(answer) ?? [];
  return minimum === undefined ? null : versionRefusal(`speaks version ${minimum} of the API at least`);
}

export function isVersionRefusal(error: unknown): error is ProviderError {
  return error instanceof ProviderError && error.cause === NO_COMMON_VERSION;
}

function versionRefusal(they: string): ProviderError {
  const message = `The container engine ${they}, we speak ${OLDEST} to ${NEWEST}`;
  return new ProviderError('unsupported_operation', message, { cause: NO_COMMON_VERSION });
}

function compare(a: string, b: string): number {
  const [majorOfA = 0, minorOfA = 0] = a.split('.').map(Number);
  const [majorOfB = 0, minorOfB = 0] = b.split('.').map(Number);
  return majorOfA - majorOfB || minorOfA - minorOfB;
}
