import { jsonObject, ProviderError } from '@integrations/provider-kit';

/** The keys that sign requests to AWS. Never print them. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Present for temporary keys only. */
  readonly sessionToken?: string;
}

/** Parses the JSON of a secret. Throws `unauthenticated` if it holds no access key. */
export function readKeys(json: string): AwsKeys {
  const { accessKeyId, secretAccessKey, sessionToken } = jsonObject(json) ?? {};
  const isTemporary = sessionToken !== undefined;
  if (!isKeyId(accessKeyId) || !isText(secretAccessKey) || (isTemporary && !isText(sessionToken))) throw unusable();
  return { accessKeyId, secretAccessKey, ...(isTemporary ? { sessionToken } : {}) };
}

function isKeyId(value: unknown): value is string {
  return typeof value === 'string' && /^\w{1,128}$/.test(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]+$/.test(value);
}

function unusable(): ProviderError {
  const message = 'The credential is not an access key: JSON with accessKeyId and secretAccessKey is expected';
  return new ProviderError('unauthenticated', message);
}
