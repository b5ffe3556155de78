import { randomUUID } from 'node:crypto';
import {
  type ScmCheckRunAnnotation,
  ScmCheckRunRequest,
  ScmCommentRequest,
  ScmStatusRequest,
} from '@integrations/contracts';
import type {
  InlineComment,
  InlineCommentsRequest,
  PullRequestRef,
  ScmAnnotationClient,
} from '@integrations/provider-kit';
import type { Scenario, VendorOperation } from './fault-matrix';

type Methods = 'postComment' | 'postStatus' | 'createCheckRun' | 'postInlineComments';
/** A client with every annotation operation. */
export type Annotator = Required<Pick<ScmAnnotationClient, Methods>>;
type Operation = VendorOperation<Annotator>;
type Operations = ReturnType<typeof operationsOn>;

/** Operations on a pull request and its head commit. Each keeps its operation id over all attempts. */
export function operationsOn({ headSha, ...pull }: PullRequestRef & { readonly headSha: string }) {
  const { owner, repository } = pull;
  const operation = () => ({ operationId: randomUUID(), upsertKey: 'sast' });
  return {
    comment(fields: Partial<ScmCommentRequest> = {}): Operation {
      const request = Object.assign(new ScmCommentRequest(), { ...pull, body: 'Two findings.', ...fields });
      const context = operation();
      return (client, signal) => client.postComment(request, { ...context, signal });
    },
    status(fields: Partial<ScmStatusRequest> = {}): Operation {
      const told = { state: 'success', context: 'scan', description: 'Fine' };
      const request = Object.assign(new ScmStatusRequest(), {
        owner,
        repository,
        commitSha: headSha,
        ...told,
        ...fields,
      });
      const context = operation();
      return (client, signal) => client.postStatus(request, { ...context, signal });
    },
    checkRun(fields: Partial<ScmCheckRunRequest> = {}): Operation {
      const told = { name: 'SAST', conclusion: 'failure', summary: 'Some.' };
      const request = Object.assign(new ScmCheckRunRequest(), { owner, repository, headSha, ...told, ...fields });
      const context = operation();
      return (client, signal) => client.createCheckRun(request, { ...context, signal });
    },
    inline(comments: InlineComment[], outdated: InlineCommentsRequest['outdated'] = 'resolve'): Operation {
      const request = { ...pull, headSha, comments, outdated };
      const context = operation();
      return (client, signal) => client.postInlineComments(request, { ...context, signal });
    },
  };
}

/** The scenarios that every vendor's plugin must pass. */
export function commonScenarios({ comment, status, inline }: Operations): Scenario<Annotator>[] {
  return [
    { name: 'a first comment', before: [], operation: comment() },
    { name: 'a comment brought up to date', before: [comment()], operation: comment({ body: 'All fixed.' }) },
    { name: 'a further comment', before: [comment()], operation: comment({ updateExisting: false }) },
    { name: 'a status', before: [], operation: status() },
    { name: 'a status that ends', before: [status({ state: 'pending' })], operation: status() },
    { name: 'remarks that come back', before: [inline(remarks(1, 2)), inline([])], operation: inline(remarks(1, 1)) },
  ];
}

/** The annotations of a check run, one per line. */
export function annotations(from: number, count: number): ScmCheckRunAnnotation[] {
  return linesFrom(from, count).map((line) => ({
    ...{ path: 'src/shop.ts', startLine: line, endLine: line },
    ...{ annotationLevel: 'warning', message: `Line ${line}.` },
  }));
}

/** Remarks that begin on successive lines. */
export function remarks(from: number, count: number): InlineComment[] {
  return linesFrom(from, count).map((line) => ({
    ...{ fingerprint: `remark ${line}`, path: 'src/shop.ts', startLine: line, endLine: line + 1 },
    body: `Look at line ${line}.`,
  }));
}

function linesFrom(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}
