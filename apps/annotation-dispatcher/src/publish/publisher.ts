import type { ScmCheckRunResponse, ScmPublishRequest, ScmResponse } from '@integrations/contracts';
import type { Begun, OperationRepository } from '@integrations/database';
import {
  compose,
  type Composition,
  type Finding,
  readSource,
  reportOf,
  type Unplaced,
} from '@integrations/payload-builder';
import {
  type AnnotationContext,
  type InlineCommentsResponse,
  type ProviderError,
  type ScmAnnotationClient,
} from '@integrations/provider-kit';
import { inlineOutcome, responseOf } from './outcome';
import { failureOf, type Part, postPart, skippedPart } from './part';
import { expectHead, reasonToSkip } from './pull-request-policy';

export interface PublisherOptions {
  readonly operations: Pick<OperationRepository, 'lastSucceeded'>;
  /** Removes a tenant's known secrets from a text. */
  readonly scrub: (text: string, tenantId: string) => string;
}

export interface Publishing {
  readonly row: Pick<Begun['row'], 'tenantId' | 'lane' | 'operation' | 'upsertKey'>;
  readonly request: ScmPublishRequest;
  readonly client: ScmAnnotationClient;
  readonly context: AnnotationContext;
}

/** `failure` decides the operation's outcome, although parts may have been posted; null if no part failed. */
export interface Posted {
  readonly response: ScmResponse;
  readonly failure: ProviderError | null;
}

/**
 * Carries out a publish request with the methods of a client, each of which finds what it posted before. The check run
 * and the status come first, because a merge waits for nothing else. The comment comes last, because it lists the
 * findings that could not be placed on a line.
 */
export class Publisher {
  constructor(private readonly options: PublisherOptions) {}

  /** Throws ProviderError if nothing may be posted or the vendor asks to wait. A retry finds what was posted. */
  async publish({ row, request, client, context }: Publishing): Promise<Posted> {
    const skip = await reasonAgainst(request, client, context.signal);
    const report = reportOf(request);
    const previous = await this.#previous(row);
    const { limits } = client;
    const scrub = (text: string) => this.options.scrub(text, row.tenantId);
    const composition = compose(request, report, { limits, previous, scrub });
    const posting = new Posting(client, composition, context);

    const checkRun = await posting.checkRun(skip === null ? undefined : request.pullRequestNumber);
    const status = await posting.status();
    const inline = await posting.inline(skip);
    const summary = composition.comment(unplacedOf(composition.inline?.findings ?? [], inline?.response));
    const comment = await posting.comment(summary, skip);
    const hidden = limits?.annotationsAreRemarks ? reasonHidden(skip, composition, checkRun) : null;
    const done = { report, composition, checkRun, hidden, status, inline, comment, summary: summary?.summary ?? null };
    return { response: responseOf(done), failure: failureOf({ checkRun, status, inline, comment }) };
  }

  /**
   * The fingerprints of the previous run, computed from the request that the ledger records as succeeded. They are
   * those of a run that was posted, stay the same when this run is retried, and survive a change in how fingerprints
   * are made. Null if there is no previous run, or if it did not report everything.
   */
  async #previous({ tenantId, lane, operation, upsertKey }: Publishing['row']): Promise<ReadonlySet<string> | null> {
    if (upsertKey === null) return null;
    const last = await this.options.operations.lastSucceeded(tenantId, { lane, operation, upsertKey });
    const read = last && readSource((last.request as ScmPublishRequest).source);
    if (!read?.ok || read.report.incomplete) return null;
    return new Set(read.report.findings.map(({ fingerprint }) => fingerprint));
  }
}

/** One attempt at the parts of a composition. */
class Posting {
  constructor(
    private readonly client: ScmAnnotationClient,
    private readonly composition: Composition,
    private readonly context: AnnotationContext,
  ) {}

  /** `leaveAlone`: the number of the pull request whose conversation must not be touched. */
  async checkRun(leaveAlone: number | undefined) {
    const { composition, client, context } = this;
    const asked = composition.checkRun;
    if (!asked) return null;
    if (!client.createCheckRun) return skippedPart('the provider has no check runs');
    return postPart(
      () => client.createCheckRun!(asked.request, { ...context, leaveAlone, outdated: composition.outdated }),
      ({ outcome, checkRunId: id, url }) => ({ outcome, id, url }),
      context.signal,
    );
  }

  async status() {
    const { composition, client, context } = this;
    const asked = composition.status;
    if (!asked) return null;
    if (!client.postStatus) return skippedPart('the provider has no commit statuses');
    return postPart(
      () => client.postStatus!(asked.request, context),
      ({ outcome, statusId: id, url }) => ({ outcome, id, url }),
      context.signal,
    );
  }

  async inline(skip: string | null): Promise<Part<InlineCommentsResponse> | null> {
    const { composition, client, context } = this;
    const asked = composition.inline;
    if (!asked) return null;
    if (skip !== null) return skippedPart(skip);
    if (!client.postInlineComments) return skippedPart('the provider places no remarks on lines');
    return postPart(
      () => client.postInlineComments!(asked.request, context),
      (response) => ({
        outcome: inlineOutcome(response),
        id: null,
        url: response.comments.find(({ url }) => url !== null)?.url ?? null,
      }),
      context.signal,
    );
  }

  async comment(asked: ReturnType<Composition['comment']>, skip: string | null) {
    const { client, context } = this;
    if (!asked) return null;
    if (skip !== null) return skippedPart(skip);
    if (!client.postComment) return skippedPart('the provider has no comments');
    return postPart(
      () => client.postComment!(asked.request, context),
      ({ outcome, commentId: id, url }) => ({ outcome, id, url }),
      context.signal,
    );
  }
}

/**
 * Why the pull request's conversation must not be touched; null if it may be, or if no pull request could be read.
 * Throws ProviderError `stale_head`.
 */
async function reasonAgainst(
  { owner, repository, pullRequestNumber, headSha, policies }: ScmPublishRequest,
  client: ScmAnnotationClient,
  signal: AbortSignal,
): Promise<string | null> {
  if (pullRequestNumber === undefined || !client.readPullRequest) return null;
  const facts = await client.readPullRequest({ owner, repository, pullRequestNumber }, signal);
  if (policies.expectHeadSha) expectHead(facts, headSha);
  return reasonToSkip(facts, policies);
}

/** For a provider that shows annotations of check runs as remarks: why these are hidden; null if that is not known. */
function reasonHidden(
  skip: string | null,
  { checkRun: asked }: Composition,
  checkRun: Part<ScmCheckRunResponse> | null,
): string | null {
  if (!checkRun?.response || checkRun.response.annotationsPosted > 0) return null;
  if (skip !== null) return skip;
  return asked?.request.annotations?.length ? 'no open pull request has this commit as its head' : null;
}

/** Findings without a remark; empty if no remarks were to be posted, because the summary then shows every finding. */
function unplacedOf(findings: readonly Finding[], response: InlineCommentsResponse | null | undefined): Unplaced[] {
  if (!response) return [];
  const outcomes = new Map(response.comments.map((one) => [one.fingerprint, one]));
  return findings.flatMap((finding) => {
    const outcome = outcomes.get(finding.fingerprint);
    return outcome?.placed ? [] : [{ finding, reason: outcome?.reason ?? 'not placed' }];
  });
}
