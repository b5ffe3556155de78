import type { OperationResult } from '@integrations/contracts';
import { type Availability, type Clock, isObject, type Secret } from '@integrations/provider-kit';
import { SecretStoreError, type SecretStore, type StoreRequest } from '../secret-store';
import { malformed, refusalFor, secretIn } from './authority-answer';
import { newRecipient } from './recipient';

const AUTHORITY_SUBJECT = 'authority.v1.rpc.secret.resolve';
const TIMEOUT_MS = 10_000;

export interface AskOptions {
  readonly tenantId: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** A request over NATS. Always resolves with a result, and rejects only with the signal's reason. */
export type Ask = (subject: string, body: object, options: AskOptions) => Promise<OperationResult<unknown>>;

/**
 * Secrets from the suite's Authority service, over NATS; docs/authority.md is the contract. No other NATS client can read a
 * secret: each request carries a key of its own, and the answer is encrypted to that key.
 */
export class AuthorityNatsStore implements SecretStore {
  readonly name = 'authority';

  constructor(
    private readonly ask: Ask,
    private readonly clock: Clock,
  ) {}

  isAvailable(): Availability {
    return { available: true };
  }

  async read({ tenantId, ref }: StoreRequest, signal: AbortSignal): Promise<Secret> {
    signal.throwIfAborted();
    const recipient = await newRecipient();
    const body = { ref: ref.canonical, recipientKey: recipient.publicKey };
    const reply = await this.ask(AUTHORITY_SUBJECT, body, { tenantId, timeoutMs: TIMEOUT_MS, signal });
    signal.throwIfAborted();
    if (!reply.success) throw refusalFor(reply.errorCode) ?? unavailable(reply.errorCode);
    const sealed = isObject(reply.result) ? reply.result['sealed'] : undefined;
    if (typeof sealed !== 'string') throw malformed();
    return secretIn(await recipient.open(sealed), this.clock.now());
  }
}

function unavailable(code: unknown): SecretStoreError {
  const why = typeof code === 'string' && /^[a-z_]{1,40}$/.test(code) ? code : 'no reason given';
  return new SecretStoreError('unavailable', `the Authority service returned no secret (${why})`);
}
