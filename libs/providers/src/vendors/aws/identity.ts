import {
  type EgressResponse,
  hasCode,
  type ProviderDeps,
  ProviderError,
  type Secret,
} from '@integrations/provider-kit';
import { type AwsCall, callAws } from './call';
import { type AwsKeys, readKeys } from './keys';
import type { AwsCredentialConfig } from './config';
import { type Caller, readCaller, readSession, type RoleSession, stsCall } from './sts';

/** Our identity at AWS: the key in the secret, or the role assumed with that key or with a web identity token. */
export class AwsIdentity {
  readonly #config: AwsCredentialConfig;
  readonly #sts: { readonly url: string; readonly region: string };
  readonly #deps: ProviderDeps;
  /** Cache key of the role session that was used last. */
  #session: readonly string[] | undefined;

  constructor(config: AwsCredentialConfig, sts: { readonly url: string; readonly region: string }, deps: ProviderDeps) {
    this.#config = config;
    this.#sts = sts;
    this.#deps = deps;
  }

  /** The parts of a cache key that our rights depend on. The secret enters as a fingerprint only. */
  async fingerprint(signal: AbortSignal): Promise<readonly string[]> {
    return this.#fingerprintOf(await this.#secret(signal));
  }

  /** After a refusal: makes the next call read the secret store and assume the role again. */
  forget(): void {
    if (this.#session) this.#deps.tokens.forget(this.#session);
    this.#session = undefined;
    this.#deps.credential.forget();
  }

  /** Makes a call. If AWS refuses the credential, retries once with a changed secret or a new session. */
  async call(call: AwsCall, signal: AbortSignal): Promise<EgressResponse> {
    const secret = await this.#secret(signal);
    try {
      return await callAws(call, await this.#keys(secret, signal), this.#deps, signal);
    } catch (error) {
      if (!hasCode(error, 'unauthenticated')) throw error;
      const hadSession = this.#session !== undefined;
      this.forget();
      const other = await this.#secret(signal);
      if (!hadSession && other.fingerprint === secret.fingerprint) throw error;
      return callAws(call, await this.#keys(other, signal), this.#deps, signal);
    }
  }

  /** Needs no permission at AWS. */
  async caller(signal: AbortSignal): Promise<Caller> {
    return readCaller(await this.call(stsCall(this.#sts, 'GetCallerIdentity'), signal));
  }

  async #secret(signal: AbortSignal): Promise<Secret> {
    const { credential } = this.#deps;
    if (credential.present) return credential.resolve(signal);
    throw new ProviderError(
      'unauthenticated',
      'The integration has no authRef, and AWS does not answer anonymous calls',
    );
  }

  async #keys(secret: Secret, signal: AbortSignal): Promise<AwsKeys> {
    const { tokens, clock } = this.#deps;
    if (this.#config.roleArn === undefined) return readKeys(secret.reveal());
    const mint = async (minting: AbortSignal) => {
      const mintedAt = clock.now();
      const { keys, expiresAt } = await this.#assume(secret, minting);
      return { token: JSON.stringify(keys), mintedAt, expiresAt };
    };
    const key = ['aws-role', ...this.#fingerprintOf(secret)];
    const { token } = await tokens.get(key, mint, signal);
    this.#session = key;
    return JSON.parse(token) as AwsKeys;
  }

  async #assume(secret: Secret, signal: AbortSignal): Promise<RoleSession> {
    const { secretKind, roleArn = '', externalId } = this.#config;
    const isWebIdentity = secretKind === 'web_identity_token';
    const call = isWebIdentity
      ? stsCall(this.#sts, 'AssumeRoleWithWebIdentity', { RoleArn: roleArn, WebIdentityToken: secret.reveal() })
      : stsCall(this.#sts, 'AssumeRole', { RoleArn: roleArn, ...(externalId ? { ExternalId: externalId } : {}) });
    return readSession(await callAws(call, isWebIdentity ? null : readKeys(secret.reveal()), this.#deps, signal));
  }

  #fingerprintOf(secret: Secret): readonly string[] {
    const { secretKind, roleArn = '', externalId = '' } = this.#config;
    return [this.#sts.url, this.#sts.region, secretKind, secret.fingerprint, roleArn, externalId];
  }
}
