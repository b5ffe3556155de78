import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { ProviderError } from '../provider-error';
import type { AddressPolicy } from './address-policy';
import { connectError } from './transport-errors';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** Resolves a host name to addresses, like `dns.lookup` with `all`. */
export type Resolver = (hostname: string) => Promise<readonly ResolvedAddress[]>;

export interface NameResolution {
  readonly policy: AddressPolicy;
  readonly resolve: Resolver;
}

/**
 * Concurrent callers that resolve the same name share one lookup; results are not cached. While a name server does not
 * answer, each lookup occupies a thread, so unshared lookups of one name would leave no threads for other names.
 */
export function shareLookups(resolve: Resolver): Resolver {
  const inFlight = new Map<string, ReturnType<Resolver>>();
  return (hostname) => {
    const begun = inFlight.get(hostname);
    if (begun) return begun;
    const lookup = resolve(hostname).finally(() => inFlight.delete(hostname));
    inFlight.set(hostname, lookup);
    return lookup;
  };
}

/** The addresses of a name that the policy allows. Throws ProviderError if there are none. */
export async function judgedAddresses(hostname: string, names: NameResolution): Promise<ResolvedAddress[]> {
  const addresses = await resolveName(hostname, names.resolve);
  const verdicts = addresses.map(({ address }) => names.policy.judge(address));
  const passed = addresses.filter((_, index) => verdicts[index]?.allowed);
  const refusal = verdicts.find((verdict) => !verdict.allowed);
  if (passed.length === 0 && refusal && !refusal.allowed) throw addressBlocked(hostname, refusal.why);
  return passed;
}

async function resolveName(hostname: string, resolve: Resolver): Promise<readonly ResolvedAddress[]> {
  try {
    const addresses = await resolve(hostname);
    if (addresses.length > 0) return addresses;
  } catch (error) {
    throw connectError(descriptorError() ?? error, 'dns', hostname);
  }
  throw new ProviderError('network', `The name ${hostname} has no address`, { stage: 'dns' });
}

/** The error of opening a file, if any. Without a file descriptor, the system's resolver calls a name unknown. */
function descriptorError(): unknown {
  try {
    closeSync(openSync(devNull, 'r'));
    return null;
  } catch (error) {
    return error;
  }
}

export function addressBlocked(hostname: string, why: string): ProviderError {
  return new ProviderError('egress_blocked', `Connecting to ${hostname} is not allowed: ${why}`, {
    stage: 'egress_policy',
  });
}
