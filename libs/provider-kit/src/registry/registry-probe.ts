import type { EgressResponse } from '../egress/egress';
import { comparePermissions } from '../probe/compare-permissions';
import { recognise } from '../probe/other-product';
import { ProbeFailure } from '../probe/probe-failure';
import type { Probe } from '../probe/run-probe';
import { hasCode } from '../provider-error';
import type { OciRegistry } from './oci-registry';

/** An image without its host, which stands in a config: `team/app:stable`. */
export const IMAGE_PATTERN = /^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/** For a stage of a probe: the registry takes the credential. Every registry answers at `/v2/`; some tell their version. */
export async function enterRegistry({ signal, secret }: Probe, registry: OciRegistry): Promise<EgressResponse> {
  try {
    return await recognise(registry.ping(signal), 'No registry answers at this address: /v2/ comes right after it');
  } catch (error) {
    // A registry says the same of no credential as of a wrong one.
    if (secret || !hasCode(error, 'unauthenticated')) throw error;
    const message = 'The registry lets nobody in without a credential';
    throw new ProbeFailure('credential_missing', message, { cause: error });
  }
}

/** For a stage of a probe: `image`, by IMAGE_PATTERN, is there and may be pulled. */
export async function pullImage({ signal }: Probe, registry: OciRegistry, image: string): Promise<void> {
  const { repository, tag } = readImage(image);
  await registry.resolveDigest(repository, tag, { platform: null }, signal);
}

/** The same as a finding: that it may be pulled shows all that is `required`. */
export async function provePull(
  probe: Probe,
  registry: OciRegistry,
  required: readonly string[],
  image: string | undefined,
): Promise<void> {
  if (image === undefined) return noteUnproven(probe);
  await pullImage(probe, registry, image);
  probe.note({ permissions: comparePermissions(required, required, 'observed') });
}

/** Without an image to look at, a test proves nothing of images. */
export function noteUnproven({ note }: Probe): void {
  note({ warnings: ['Whether images may be pulled is not proven: name one as config.canary'] });
}

export function readImage(image: string): { readonly repository: string; readonly tag: string } {
  const colon = image.lastIndexOf(':');
  return { repository: image.slice(0, colon), tag: image.slice(colon + 1) };
}

/** What the registry said beside, as findings. */
export function noteRegistry({ note }: Probe, { quota, warnings }: OciRegistry): void {
  note({ ...(quota ? { quota } : {}), warnings: warnings.map((text) => `The registry warns: ${text}`) });
}
