import { Repeating } from '@integrations/bootstrap';
import { AuditDigestRepository, type DigestKeys, type DigestSigning } from '@integrations/database';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectPinoLogger, PinoLogger } from 'nestjs-pino';
import { AUDIT_KEYS } from './audit-keys';

const DUE_AFTER_MS = 3_600_000;
/** Shorter than the time between digests, so that a digest is late by no more than this. */
const EVERY_MS = 300_000;

/** Signs the end of each tenant's chain hourly, if a key is configured. Only one replica signs for a tenant. */
@Injectable()
export class DigestSigner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #rounds = new Repeating(EVERY_MS, () => this.signDue(new Date()));

  constructor(
    private readonly digests: AuditDigestRepository,
    @Inject(AUDIT_KEYS) private readonly keys: DigestKeys | null,
    @InjectPinoLogger(DigestSigner.name) private readonly log: PinoLogger,
  ) {}

  onApplicationBootstrap(): void {
    if (this.keys) void this.#rounds.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#rounds.stop();
  }

  /**
   * Signs the digests that are due. A failure is logged, and does not keep other tenants' digests from being signed.
   */
  async signDue(now: Date): Promise<void> {
    const before = new Date(now.getTime() - DUE_AFTER_MS);
    try {
      for (const tenantId of await this.digests.due(before)) {
        if (this.#rounds.signal.aborted) return;
        await this.#sign(tenantId, { now, before });
      }
    } catch (error) {
      this.log.error({ err: error }, 'cannot find the audit digests that are due');
    }
  }

  async #sign(tenantId: string, times: { readonly now: Date; readonly before: Date }): Promise<void> {
    if (!this.keys) return;
    try {
      this.#logSigning(tenantId, await this.digests.sign(tenantId, this.keys, times));
    } catch (error) {
      this.log.error({ err: error, tenantId }, 'cannot sign an audit digest');
    }
  }

  /** Writes the digest to the log, from which the owner of the database cannot remove it. */
  #logSigning(tenantId: string, signing: DigestSigning): void {
    if (signing.outcome === 'refused') {
      const { position, kind } = signing;
      this.log.error({ tenantId, position, kind }, 'audit chain contradicts a signed digest; no new digest signed');
    }
    if (signing.outcome === 'signed') {
      const { position, hash, at, keyId, signature } = signing.digest;
      const digest = { position, hash: hash.toString('hex'), at, keyId, signature: signature.toString('base64') };
      this.log.info({ tenantId, ...digest }, 'audit digest signed');
    }
  }
}
