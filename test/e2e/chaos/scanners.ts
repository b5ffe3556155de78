import { setTimeout as delay } from 'node:timers/promises';
import { annotateSubject, type OperationResult } from '@integrations/contracts';
import { jetstream } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { Submission } from './submissions';

const RPC = 'integrations.v1.rpc.scm';
const TENANT = 'default';
const ATTEMPT_MS = 5_000;
const GIVE_UP_MS = 120_000;

/**
 * Scanners, one for each pull request, which know only NATS. Each waits until a request is durable before it sends the
 * next, and repeats a request under its idempotency key until the dispatcher confirms it.
 */
export class Scanners {
  /** Answers that break a promise of the dispatcher. */
  readonly complaints: string[] = [];
  readonly #operationIds = new Map<string, string>();

  private constructor(private readonly connection: NatsConnection) {}

  static async start(url: string): Promise<Scanners> {
    return new Scanners(await connect({ servers: url, maxReconnectAttempts: -1, reconnectTimeWait: 50 }));
  }

  async stop(): Promise<void> {
    await this.connection.close();
  }

  async submit(all: readonly Submission[], integrationId: string): Promise<void> {
    const byPull = Map.groupBy(all, ({ pullRequest }) => pullRequest);
    await Promise.all(
      [...byPull.values()].map(async (list) => {
        for (const submission of list) await this.#untilDurable(submission, integrationId);
      }),
    );
  }

  async #untilDurable({ by, operation, request }: Submission, integrationId: string): Promise<void> {
    // Keys are unique per tenant, and the same requests go through two integrations.
    const idempotencyKey = `${integrationId}:${request.idempotencyKey}`;
    const body = JSON.stringify({ ...request, integrationId, idempotencyKey });
    const once =
      by === 'rpc'
        ? () => this.#ask(`${RPC}.${operation}`, body, idempotencyKey)
        : () => this.#publish(annotateSubject(TENANT, operation), body);
    const deadline = Date.now() + GIVE_UP_MS;
    for (;;) {
      const problem = await once().catch((error: unknown) => error);
      if (problem === null) return;
      if (Date.now() > deadline) throw new Error(`${idempotencyKey} never became durable`, { cause: problem });
      await delay(100);
    }
  }

  /** Null, or the reply because of which the request must be sent again. */
  async #ask(subject: string, body: string, key: string): Promise<OperationResult<unknown> | null> {
    const reply = (await this.connection.request(subject, body, { timeout: ATTEMPT_MS })).json<
      OperationResult<unknown>
    >();
    const { operationId, isTransient, success, errorCode } = reply;
    if (operationId === null) {
      if (!isTransient) this.complaints.push(`${key} was refused: ${JSON.stringify(reply)}`);
      return isTransient ? reply : null;
    }
    const first = this.#operationIds.get(key) ?? operationId;
    this.#operationIds.set(key, first);
    if (first !== operationId) this.complaints.push(`${key} is ${first} as well as ${operationId}`);
    const isFine = success || ['superseded', 'deadline_exceeded', 'offline'].includes(String(errorCode));
    if (!isFine) this.complaints.push(`${key} failed: ${JSON.stringify(reply)}`);
    return null;
  }

  async #publish(subject: string, body: string): Promise<null> {
    await jetstream(this.connection).publish(subject, body, { timeout: ATTEMPT_MS });
    return null;
  }
}
