import { type EgressResponse, type ProviderDeps } from '@integrations/provider-kit';
import { awsError } from './errors';
import type { AwsKeys } from './keys';

/** A POST to one of AWS's APIs. */
export interface AwsCall {
  /** As messages name the API. */
  readonly product: string;
  /** As signatures name it. */
  readonly service: 'ecr' | 'ecr-public' | 'ecs' | 'sts';
  /** Its origin. */
  readonly url: string;
  readonly region: string;
  readonly action: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer of 200 to 299. Signed with `keys`; null for what is asked of anybody. Throws ProviderError. */
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

/** The headers with the signature among them. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html */
async function signed(
  { service, region, url, headers, body }: AwsCall,
  credentials: AwsKeys,
  signingDate: Date,
): Promise<Record<string, string>> {
  // Loaded late: 110 ms and 9 MB that most installations do without.
  const [{ SignatureV4 }, { Sha256 }] = await Promise.all([
    import('@smithy/signature-v4'),
    import('@aws-crypto/sha256-js'),
  ]);
  const { protocol, hostname, host } = new URL(url);
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
  const request = { method: 'POST', protocol, hostname, path: '/', headers: { ...headers, host }, body };
  return (await signer.sign(request, { signingDate })).headers;
}
