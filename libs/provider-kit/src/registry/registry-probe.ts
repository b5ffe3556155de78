import type { Probe } from '../probe/run-probe';
import { ProbeFailure } from '../probe/probe-failure';
import { ProviderError } from '../provider-error';
import type { OciRegistry } from './oci-registry';

/** An image without its host, which stands in a config: `team/app:stable`. */
export const IMAGE_PATTERN = /^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/** For a stage of a probe: the registry takes the credential. Every registry answers at `/v2/`: a 404 or a page is of something else. */
export async function enterRegistry({ signal, secret }: Probe, registry: OciRegistry): Promise<void> {
  try {
    await registry.ping(signal);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (error.code === 'unauthenticated' && !secret) {
      const message = 'The registry lets nobody in without a credential';
      throw new ProbeFailure('credential_missing', message, { cause: error });
    }
    const isPage = error.code === 'provider_unavailable' && error.httpStatus === undefined;
    if (!isPage && error.httpStatus !== 404) throw error;
    const message = 'No registry answers at this address: /v2/ comes right after it';
    throw new ProbeFailure('not_this_product', message, { cause: error });
  }
}

/** For a stage of a probe: `image`, by IMAGE_PATTERN, is there and may be pulled. */
export async function pullImage({ signal }: Probe, registry: OciRegistry, image: string): Promise<void> {
  const { repository, tag } = readImage(image);
  await registry.resolveDigest(repository, tag, { platform: null }, signal);
}

export function readImage(image: string): { readonly repository: string; readonly tag: string } {
  const colon = image.lastIndexOf(':');
  return { repository: image.slice(0, colon), tag: image.slice(colon + 1) };
}

/** What the registry said beside, as findings. */
export function noteRegistry({ note }: Probe, { quota, warnings }: OciRegistry): void {
  note({ ...(quota ? { quota } : {}), warnings: warnings.map((text) => `The registry warns: ${text}`) });
}
