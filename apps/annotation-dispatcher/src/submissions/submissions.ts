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
import type { Annotation } from '../annotation';
import type { Submission } from '../intake/draft';
import { idempotencyKeyOf } from '../intake/idempotency-key';
import type { Intake } from '../intake/intake';

const REQUESTS = {
  comment: ScmCommentRequest,
  status: ScmStatusRequest,
  check_run: ScmCheckRunRequest,
  publish: ScmPublishRequest,
};

/** The door for requests that were published to the stream: nobody waits, so a refusal goes to the dead letters. */
export class Submissions {
  constructor(private readonly intake: Pick<Intake, 'accept'>) {}

  /** Throws when the request could not be made durable for reasons that are not its own: it is to be delivered again. */
  async handle(message: BusMessage): Promise<Outcome> {
    try {
      await this.intake.accept(readSubmission(message));
      return done();
    } catch (error) {
      if (error instanceof RequestRejected) return drop(`${error.errorCode}: ${error.message}`, error.errorCode);
      throw error;
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
