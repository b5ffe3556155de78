import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { ProviderError } from '../provider-error';
import type { AddressPolicy } from './address-policy';
import { connectError } from './transport-errors';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** Turns a host name into addresses, as `dns.lookup` with `all` does. */
export type Resolver = (hostname: string) => Promise<readonly ResolvedAddress[]>;

export interface NameResolution {
  readonly policy: AddressPolicy;
  readonly resolve: Resolver;
}

/**
 * Looks a name up once for all who ask while that lasts; nothing is kept. While a name server does not answer, each lookup keeps
 * a thread for as long, and those of one name would leave none to the others.
 */
export function shareLookups(resolve: Resolver): Resolver {
  const underWay = new Map<string, ReturnType<Resolver>>();
  return (hostname) => {
    const begun = underWay.get(hostname);
    if (begun) return begun;
    const lookup = resolve(hostname).finally(() => underWay.delete(hostname));
    underWay.set(hostname, lookup);
    return lookup;
  };
}

/** The addresses of a name that the policy lets pass. Throws ProviderError if there are none. */
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
    throw connectError(wantOfDescriptors() ?? error, 'dns', hostname);
  }
  throw new ProviderError('network', `The name ${hostname} has no address`, { stage: 'dns' });
}

/** The system's resolver calls a name unknown, too, for want of a file descriptor to ask with. */
function wantOfDescriptors(): unknown {
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
