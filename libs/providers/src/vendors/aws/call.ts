import { type EgressResponse, type ProviderDeps } from '@integrations/provider-kit';
import { awsError } from './errors';
import type { AwsKeys } from './keys';

/** A POST to one of AWS's APIs. */
export interface AwsCall {
  /** The API's name in messages. */
  readonly product: string;
  /** The API's name in signatures. */
  readonly service: 'ecr' | 'ecr-public' | 'ecs' | 'sts';
  /** The API's origin. */
  readonly url: string;
  readonly region: string;
  readonly action: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Makes a call and returns its 2xx answer. Signed with `keys`; null for actions that need none. Throws ProviderError.
 */
export async function callAws(
  call: AwsCall,
  keys: AwsKeys | null,
  { egress, clock }: Pick<ProviderDeps, 'egress' | 'clock'>,
  signal: AbortSignal,
): Promise<EgressResponse> {
  const url = `${call.url}/`;
  const headers = keys ? await signed(call, keys, new Date(clock.now())) : call.headers;
  const response = await egress.request({ method: 'POST', url, headers, body: call.body, signal });
  if (response.status >= 200 && response.status <= 299) return response;
  throw awsError(response, call.product, call.action, clock.now());
}

/** The headers with a signature added. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html */
async function signed(
  { service, region, url, headers, body }: AwsCall,
  credentials: AwsKeys,
  signingDate: Date,
): Promise<Record<string, string>> {
  // Imported on first use: it costs 110 ms and 9 MB, and most installations never need it.
  const [{ SignatureV4 }, { Sha256 }] = await Promise.all([
    import('@smithy/signature-v4'),
    import('@aws-crypto/sha256-js'),
  ]);
  const { protocol, hostname, host } = new URL(url);
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
  const request = { method: 'POST', protocol, hostname, path: '/', headers: { ...headers, host }, body };
  return (await signer.sign(request, { signingDate })).headers;
}
