import { setTimeout as delay } from 'node:timers/promises';
import { InOrder } from '@integrations/bootstrap';
import { type BusMessage, done, drop, type Outcome, RequestRejected } from '@integrations/bus';
import {
  ANNOTATE_STREAM,
  describeErrors,
  HEADERS,
  readTraceparent,
  SCM_OPERATIONS,
  ScmCheckRunRequest,
  ScmCommentRequest,
  type ScmOperation,
  ScmPublishRequest,
  ScmStatusRequest,
  TENANT_PATTERN,
  validate,
} from '@integrations/contracts';
import { retryHint } from '@integrations/database';
import type { Annotation } from '@integrations/payload-builder';
import { orderOf, type Submission } from '../intake/draft';
import { idempotencyKeyOf } from '../intake/idempotency-key';
import type { Intake } from '../intake/intake';

const REQUESTS = {
  comment: ScmCommentRequest,
  status: ScmStatusRequest,
  check_run: ScmCheckRunRequest,
  publish: ScmPublishRequest,
};

const AGAIN_MS = 1_000;
/** For at least a minute; then the request is redelivered, in case the database fails for this one alone. */
const MOST_TRIES = 60;

/** Takes requests published to the stream. Nobody waits for an answer, so a refused one goes to the dead letters. */
export class Submissions {
  readonly #stopping = new AbortController();
  readonly #inOrder = new InOrder();

  constructor(private readonly intake: Pick<Intake, 'accept'>) {}

  /** Throws if the request could not be made durable for reasons outside the request: it is then redelivered. */
  async handle(message: BusMessage): Promise<Outcome> {
    try {
      const submission = readSubmission(message);
      await this.#inOrder.run(orderOf(submission), () => this.#accept(submission));
      return done();
    } catch (error) {
      if (error instanceof RequestRejected) return drop(`${error.errorCode}: ${error.message}`, error.errorCode);
      throw error;
    }
  }

  /** Gives requests that wait for the database back to the stream. */
  stop(): void {
    this.#stopping.abort();
  }

  /**
   * Holds the request while the database is down, and so all requests behind it in the stream. Requests given back
   * would be redelivered after up to five minutes, in no order and after newer ones. Requests for the same pull request
   * or commit wait for this one; otherwise whichever asked first once the database is back would overtake the others.
   */
  async #accept(submission: Submission): Promise<void> {
    const { signal } = this.#stopping;
    for (let tries = 1; ; tries++) {
      try {
        await this.intake.accept(submission);
        return;
      } catch (error) {
        if (retryHint(error) === null || tries === MOST_TRIES || signal.aborted) throw error;
        await delay(AGAIN_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}

function readSubmission(message: BusMessage): Submission {
  const address = readSubject(message.subject);
  if (!address) throw invalid(`the subject is not integrations.v1.annotate.<tenant>.<${SCM_OPERATIONS.join('|')}>`);
  const { tenantId, operation } = address;
  const body = message.json();
  if (!body.ok) throw invalid(`the body ${body.message}`);
  const checked = validate<object>(REQUESTS[operation], body.value);
  if (!checked.ok) throw invalid(describeErrors(checked.errors));

  if ('dryRun' in checked.value && checked.value.dryRun) {
    throw invalid('dryRun: a published request gets no answer; use request/reply');
  }

  const annotation = { operation, request: checked.value } as Annotation;
  const ownKey = idempotencyKeyOf(annotation.request, message.header(HEADERS.idempotencyKey));
  const idempotencyKey = ownKey ?? placeInStream(message);
  const traceparent = readTraceparent(message.header(HEADERS.traceparent)) ?? null;
  return { tenantId, annotation, idempotencyKey, submittedAt: message.publishedAt, traceparent, isAwaited: false };
}

function invalid(reason: string): RequestRejected {
  return new RequestRejected('invalid_request', reason);
}

function readSubject(subject: string): { tenantId: string; operation: ScmOperation } | null {
  const [, , , tenantId = '', operation = '', ...rest] = subject.split('.');
  const known = SCM_OPERATIONS.find((candidate) => candidate === operation);
  return known && rest.length === 0 && TENANT_PATTERN.test(tenantId) ? { tenantId, operation: known } : null;
}

/** The same for every delivery of a message, but different if the stream was recreated. */
function placeInStream({ sequence, publishedAt }: BusMessage): string {
  return `${ANNOTATE_STREAM.name}:${sequence}:${publishedAt.getTime()}`;
}
