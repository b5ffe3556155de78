import type { Secret } from '@integrations/provider-kit';
import { inspect } from 'node:util';
import { parseAuthRef } from '../../../auth-ref/auth-ref';
import { SecretStoreError, type SecretStore } from '../../secret-store';

/** Secrets in the answers of the fakes and in the credentials of the specs. No error may contain them. */
const SECRETS = /tok-123|token-[0-9]|acme|AKID|aws-secret|secret-of-the-sdk|Bearer|Signature=/;

/** `ref` without `authref://<store>/`. */
export function read(store: SecretStore, ref: string, tenantId = 'acme', signal?: AbortSignal): Promise<Secret> {
  const request = { tenantId, ref: parseAuthRef(`authref://${store.name}/${ref}`) };
  return store.read(request, signal ?? new AbortController().signal);
}

export async function textOf(store: SecretStore, ref: string, tenantId = 'acme'): Promise<string> {
  return (await read(store, ref, tenantId)).reveal();
}

/** Code and message of the error that reading throws. Throws if the error or its causes contain a secret. */
export async function failureOf(store: SecretStore, ref: string, tenantId = 'acme'): Promise<[string, string]> {
  const error = await read(store, ref, tenantId).catch((thrown: unknown) => thrown);
  if (!(error instanceof SecretStoreError)) throw new Error(`not refused: ${String(error)}`);
  const printed = inspect(error, { depth: Infinity, showHidden: true });
  if (SECRETS.test(printed)) throw new Error(`the error contains a secret: ${printed}`);
  return [error.code, error.message];
}
