import { ProviderError } from '@integrations/provider-kit';

/** The version of Docker 1.12, from 2016; the oldest that any engine still accepts. */
const OLDEST = '1.24';
/** The newest version that we ask for. What we read has not changed since OLDEST, so newer ones are not needed. */
const NEWEST = '1.52';

/** The API version to use with an engine whose newest version is `theirs`. Throws ProviderError if that is too old. */
export function agreedVersion(theirs: string): string {
  if (compare(theirs, OLDEST) < 0) throw versionRefusal(`supports at most API version ${theirs}`);
  return compare(theirs, NEWEST) < 0 ? theirs : NEWEST;
}

export function isApiVersion(text: string | undefined): text is string {
  return text !== undefined && /^\d{1,3}\.\d{1,3}$/.test(text);
}

/** https://github.com/moby/moby/blob/master/daemon/server/middleware/version.go */
const TOO_OLD = /client version [\d.]+ is too old\. Minimum supported API version is (\d{1,3}\.\d{1,3})/;

/** The error for an answer that the engine's minimum version is above ours; null if the answer says something else. */
export function refusedVersion(answer: string): ProviderError | null {
  const [, minimum] = TOO_OLD.exec(answer) ?? [];
  return minimum === undefined ? null : versionRefusal(`requires at least API version ${minimum}`);
}

function versionRefusal(they: string): ProviderError {
  const message = `The container engine ${they}, and we support ${OLDEST} to ${NEWEST}`;
  return new ProviderError('unsupported_operation', message, { probeCode: 'api_version' });
}

function compare(a: string, b: string): number {
  const [majorOfA = 0, minorOfA = 0] = a.split('.').map(Number);
  const [majorOfB = 0, minorOfB = 0] = b.split('.').map(Number);
  return majorOfA - majorOfB || minorOfA - minorOfB;
}
