import type { EgressResponse } from '../egress/egress';
import { comparePermissions } from '../probe/compare-permissions';
import { recognise } from '../probe/other-product';
import { ProbeFailure } from '../probe/probe-failure';
import type { Probe } from '../probe/run-probe';
import { hasCode } from '../provider-error';
import type { OciRegistry } from './oci-registry';

/** An image in a config, without its host: `team/app:stable`. */
export const IMAGE_PATTERN = /^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/**
 * For a stage of a probe: checks that the registry accepts the credential. Every registry answers at `/v2/`; the
 * headers of some answers name the version.
 */
export async function enterRegistry({ signal, secret }: Probe, registry: OciRegistry): Promise<EgressResponse> {
  try {
    return await recognise(
      registry.ping(signal),
      'This address does not serve a registry: /v2/ must be directly below it',
    );
  } catch (error) {
    // A registry answers a missing credential in the same way as a wrong one.
    if (secret || !hasCode(error, 'unauthenticated')) throw error;
    const message = 'The registry requires a credential';
    throw new ProbeFailure('credential_missing', message, { cause: error });
  }
}

/** For a stage of a probe: checks that `image`, which matches IMAGE_PATTERN, exists and can be pulled. */
export async function pullImage({ signal }: Probe, registry: OciRegistry, image: string): Promise<void> {
  const { repository, tag } = readImage(image);
  await registry.resolveDigest(repository, tag, { platform: null }, signal);
}

/** Pulls `image` and notes all `required` permissions as granted. Without an image, warns that nothing was proven. */
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

/** Warns that, without a canary, the test does not prove that images can be pulled. */
export function noteUnproven({ note }: Probe): void {
  note({ warnings: ['Whether images can be pulled is not proven: set config.canary to an image'] });
}

export function readImage(image: string): { readonly repository: string; readonly tag: string } {
  const colon = image.lastIndexOf(':');
  return { repository: image.slice(0, colon), tag: image.slice(colon + 1) };
}

/** Notes the registry's pull quota and warnings. */
export function noteRegistry({ note }: Probe, { quota, warnings }: OciRegistry): void {
  note({ ...(quota ? { quota } : {}), warnings: warnings.map((text) => `The registry warns: ${text}`) });
}
