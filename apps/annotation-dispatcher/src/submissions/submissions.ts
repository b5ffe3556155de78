import { setTimeout as delay } from 'node:timers/promises';
import { InOrder } from '@integrations/bootstrap';
import { type BusMessage, done, drop, type Outcome, RequestRejected } from '@integrations/bus';
import {
  ANNOTATE_STREAM,
  describeErrors,
  HEADERS,
  SCM_OPERATIONS,
  ScmCheckRunRequest,
  ScmCommentRequest,
  type ScmOperation,
  ScmPublishRequest,
  ScmStatusRequest,
  TENANT_PATTERN,
  validate,
} from '@integrations/contracts';
import { whyAskAgain } from '@integrations/database';
import type { Annotation } from '../annotation';
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
/** For a minute at least; then it is delivered anew, in case the database is at fault with this one alone. */
const MOST_TRIES = 60;

/** The door for requests that were published to the stream: nobody waits, so a refusal goes to the dead letters. */
export class Submissions {
  readonly #stopping = new AbortController();
  readonly #inOrder = new InOrder();

  constructor(private readonly intake: Pick<Intake, 'accept'>) {}

  /** Throws when the request could not be made durable for reasons that are not its own: it is to be delivered again. */
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

  /** What waits for the database is given back. */
  stop(): void {
    this.#stopping.abort();
  }

  /**
   * While the database is away it is kept in hand, and so all behind it in the stream: given back, each would be delivered
   * again after up to five minutes, in no order and after what is published by then. What comes for the same pull request or
   * commit waits for it: whichever asked first once the database is back would overtake the others.
   */
  async #accept(submission: Submission): Promise<void> {
    const { signal } = this.#stopping;
    for (let tries = 1; ; tries++) {
      try {
        await this.intake.accept(submission);
        return;
      } catch (error) {
        if (whyAskAgain(error) === null || tries === MOST_TRIES || signal.aborted) throw error;
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
    throw invalid('dryRun: nobody waits for the answer here; ask by request and reply');
  }

  const annotation = { operation, request: checked.value } as Annotation;
  const ownKey = idempotencyKeyOf(annotation.request, message.header(HEADERS.idempotencyKey));
  const idempotencyKey = ownKey ?? placeInStream(message);
  return { tenantId, annotation, idempotencyKey, submittedAt: message.publishedAt, isAwaited: false };
}

function invalid(reason: string): RequestRejected {
  return new RequestRejected('invalid_request', reason);
}

function readSubject(subject: string): { tenantId: string; operation: ScmOperation } | null {
  const [, , , tenantId = '', operation = '', ...rest] = subject.split('.');
  const known = SCM_OPERATIONS.find((candidate) => candidate === operation);
  return known && rest.length === 0 && TENANT_PATTERN.test(tenantId) ? { tenantId, operation: known } : null;
}

/** The same for every delivery of a message, and different for a message of a stream that was made anew. */
function placeInStream({ sequence, publishedAt }: BusMessage): string {
  return `${ANNOTATE_STREAM.name}:${sequence}:${publishedAt.getTime()}`;
}
