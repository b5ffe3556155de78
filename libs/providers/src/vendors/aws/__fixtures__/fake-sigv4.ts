import { createHash, createHmac } from 'node:crypto';
import type { LoggedRequest } from '../../../../../../test/support/fake-vendor/faults';

/** The parts of a request's signature header. */
export interface Signature {
  readonly accessKeyId: string;
  readonly day: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** Milliseconds since the epoch. */
  readonly date: number;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=(\w+)\/(\d{8})\/([\w-]+)\/([\w-]+)\/aws4_request, SignedHeaders=([\w;-]+), Signature=([0-9a-f]{64})$/;

/** Null for a request without a signature. */
export function signatureOf({ headers }: LoggedRequest): Signature | null {
  const found = AUTHORIZATION.exec(String(headers['authorization'] ?? ''));
  if (!found) return null;
  const [, accessKeyId = '', day = '', region = '', service = '', names = '', signature = ''] = found;
  const date = String(headers['x-amz-date']).replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  return { accessKeyId, day, region, service, signedHeaders: names.split(';'), signature, date: Date.parse(date) };
}

/**
 * The signature that the request should have.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function expectedSignature(
  { method, path, headers }: LoggedRequest,
  { day, region, service, signedHeaders }: Signature,
  raw: string,
  secretAccessKey: string,
): string {
  const canonicalHeaders = signedHeaders.map((name) => `${name}:${String(headers[name]).trim()}\n`).join('');
  const canonical = [method, path, '', canonicalHeaders, signedHeaders.join(';'), sha256(raw)].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', String(headers['x-amz-date']), scope, sha256(canonical)].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  return hmac(key, text).toString('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
