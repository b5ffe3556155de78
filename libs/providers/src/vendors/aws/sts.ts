import { type EgressResponse, ProviderError } from '@integrations/provider-kit';
import type { AwsCall } from './call';
import type { AwsKeys } from './keys';

/** https://docs.aws.amazon.com/STS/latest/APIReference/ */
const VERSION = '2011-06-15';
/** The role session's name in CloudTrail. */
const SESSION_NAME = 'integrations';

export type StsAction = 'GetCallerIdentity' | 'AssumeRole' | 'AssumeRoleWithWebIdentity';

/** A role's keys and their expiry in milliseconds since the epoch. */
export interface RoleSession {
  readonly keys: AwsKeys;
  readonly expiresAt: number;
}

export interface Caller {
  readonly account: string;
  readonly arn: string;
}

export function stsCall(
  { url, region }: { readonly url: string; readonly region: string },
  action: StsAction,
  params: Readonly<Record<string, string>> = {},
): AwsCall {
  const form = new URLSearchParams({ Action: action, Version: VERSION, ...params });
  if (action !== 'GetCallerIdentity') form.set('RoleSessionName', SESSION_NAME);
  const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
  return { product: 'STS', service: 'sts', url, region, action, headers, body: form.toString() };
}

export function readSession(response: EgressResponse): RoleSession {
  const field = fieldsOf(response);
  const [accessKeyId, secretAccessKey] = [field('AccessKeyId'), field('SecretAccessKey')];
  const expiresAt = Date.parse(field('Expiration'));
  if (Number.isNaN(expiresAt)) throw unreadable();
  return { keys: { accessKeyId, secretAccessKey, sessionToken: field('SessionToken') }, expiresAt };
}

export function readCaller(response: EgressResponse): Caller {
  const field = fieldsOf(response);
  return { account: field('Account'), arn: field('Arn') };
}

/** STS answers with flat XML. The fields that we read contain no characters that XML escapes. */
function fieldsOf(response: EgressResponse): (name: string) => string {
  const text = response.text();
  const isComplete = /<\/[A-Za-z]+Response>\s*$/.test(text);
  return (name) => {
    const value = isComplete ? new RegExp(`<${name}>([^<>&\\s]{1,20000})</${name}>`).exec(text)?.[1] : undefined;
    if (value === undefined) throw unreadable();
    return value;
  };
}

function unreadable(): ProviderError {
  return new ProviderError('provider_unavailable', "STS's answer has an unexpected format");
}
