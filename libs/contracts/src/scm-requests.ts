import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateIf,
} from 'class-validator';
import { MAX_LINE, MAX_PATH } from './findings';
import { AreNested, ConcludesWhenCompleted, IsInstant, IsNotBefore, IsRepositoryPath, IsWebUrl } from './rules';

export const COMMIT_STATES = ['pending', 'success', 'failure', 'error'] as const;
/** State of a commit status. */
export type CommitState = (typeof COMMIT_STATES)[number];

export const CHECK_RUN_STATUSES = ['queued', 'in_progress', 'completed'] as const;
/** Status of a check run. */
export type CheckRunStatus = (typeof CHECK_RUN_STATUSES)[number];

export const CHECK_RUN_CONCLUSIONS = [
  'success',
  'failure',
  'neutral',
  'cancelled',
  'skipped',
  'timed_out',
  'action_required',
] as const;
/** Conclusion of a completed check run. */
export type CheckRunConclusion = (typeof CHECK_RUN_CONCLUSIONS)[number];

export const ANNOTATION_LEVELS = ['notice', 'warning', 'failure'] as const;
/** How serious an annotation of a check run is. */
export type AnnotationLevel = (typeof ANNOTATION_LEVELS)[number];

export const WAIT_MODES = ['completed', 'accepted'] as const;
export type WaitMode = (typeof WAIT_MODES)[number];

/** The most annotations in one check run request. A request with more is refused, and the error names the field. */
export const MAX_ANNOTATIONS = 10_000;
const MAX_BODY = 1_000_000;
/** A full commit id, SHA-1 or SHA-256. */
export const SHA_PATTERN = /^([0-9a-f]{40}|[0-9a-f]{64})$/;
export const SHA_MESSAGE = 'must be a full commit sha: 40 (or 64) lower-case hexadecimal digits';

/** The fields common to all SCM requests: the target repository, and how to process the request. */
export abstract class ScmRequest {
  /** GitHub owner, GitLab group path with subgroups, Bitbucket workspace or project key, Azure DevOps project. */
  @IsRepositoryPath()
  @MaxLength(255)
  owner: string;

  /** Name of the repository, without the owner. */
  @IsRepositoryPath({ single: true })
  @MaxLength(255)
  repository: string;

  /** The integration to post through. Defaults to the tenant's only enabled SCM integration. */
  @IsOptional()
  @IsUUID()
  integrationId?: string;

  /**
   * A repeated request with the same key returns the first outcome and never posts a second time. The ledger remembers
   * the key for 90 days after that outcome, unless the operator configures otherwise. Events contain the key, so it
   * must not be a secret.
   */
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  idempotencyKey?: string;

  /**
   * Identifies the annotation that later requests update, such as `sast/semgrep@prod`. A request supersedes older ones
   * with the same key that are still queued.
   */
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  upsertKey?: string;

  /**
   * A number that grows with each run of an `upsertKey`. A request below the highest accepted revision is superseded.
   */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  revision?: number;

  /** How long the operation is worth posting, in milliseconds from when it was sent or published. */
  @IsOptional()
  @IsInt()
  @Min(100)
  @Max(86_400_000)
  deadlineMs?: number;

  /**
   * True: the reply shows what would be sent; nothing is sent or stored. Works over request/reply only.
   * `idempotencyKey`, `deadlineMs` and `wait` then have no effect.
   */
  @IsOptional()
  @IsBoolean()
  dryRun?: boolean;

  /** When to reply: `completed` waits for the outcome, `accepted` only until the request is stored durably. */
  @IsIn(WAIT_MODES)
  wait: WaitMode = 'completed';
}

/** `integrations.v1.rpc.scm.comment`: add a comment to a pull request, or update ours. */
export class ScmCommentRequest extends ScmRequest {
  /** Number of the pull request, as the vendor shows it. */
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  pullRequestNumber: number;

  /** Markdown. Text over the vendor's limit is cut, with a visible note. */
  @IsString()
  @MinLength(1)
  @MaxLength(MAX_BODY)
  body: string;

  /** The vendor's id of the comment to update. Without it, our comment is found by its hidden marker. */
  @IsOptional()
  @IsString()
  @Matches(/^[0-9A-Za-z_-]{1,64}$/, { message: "must be the vendor's comment id" })
  commentId?: string;

  /** False: always add a new comment. */
  @IsBoolean()
  updateExisting: boolean = true;
}

/** `integrations.v1.rpc.scm.status`: set a commit status. */
export class ScmStatusRequest extends ScmRequest {
  /** The commit to set the status of. */
  @Matches(SHA_PATTERN, { message: SHA_MESSAGE })
  commitSha: string;

  /** State of the status. */
  @IsIn(COMMIT_STATES)
  state: CommitState;

  /** Name of the status, which tells it from the commit's other statuses. */
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  context: string;

  /** Text shown beside the status. Text over the vendor's limit is cut. */
  @IsOptional()
  @IsString()
  @MaxLength(10_000)
  description?: string;

  /** The page that the status links to. */
  @IsOptional()
  @IsWebUrl()
  @MaxLength(2_000)
  targetUrl?: string;
}

/** An annotation of a check run: a finding shown at a place in the code. */
export class ScmCheckRunAnnotation {
  /** Path of the file, relative to the repository root. */
  @IsRepositoryPath()
  @MaxLength(MAX_PATH)
  path: string;

  /** Counted from 1. */
  @IsInt()
  @Min(1)
  @Max(MAX_LINE)
  startLine: number;

  /** Last line, counted from 1; not before `startLine`. */
  @IsInt()
  @Min(1)
  @Max(MAX_LINE)
  @IsNotBefore('startLine')
  endLine: number;

  /** How serious the finding is. */
  @IsIn(ANNOTATION_LEVELS)
  annotationLevel: AnnotationLevel;

  /** What was found. */
  @IsString()
  @MinLength(1)
  @MaxLength(65_536)
  message: string;

  /** Heading of the annotation. */
  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  title?: string;
}

/** `integrations.v1.rpc.scm.check_run`: create a check run with inline annotations, or update ours. */
export class ScmCheckRunRequest extends ScmRequest {
  /** The commit to attach the run to. */
  @Matches(SHA_PATTERN, { message: SHA_MESSAGE })
  headSha: string;

  /** Name of the run, which tells it from the commit's other runs. */
  @IsString()
  @MinLength(1)
  @MaxLength(255)
  name: string;

  /** State of the run. Defaults to `completed` with a `conclusion`, and to `queued` without one. */
  @IsOptional()
  @IsIn(CHECK_RUN_STATUSES)
  status?: CheckRunStatus;

  /** Required if `status` is `completed`; refused with any other `status`. Without `status`, it completes the run. */
  @ConcludesWhenCompleted()
  @ValidateIf((request: ScmCheckRunRequest) => request.conclusion !== undefined || request.status === 'completed')
  @IsIn(CHECK_RUN_CONCLUSIONS)
  conclusion?: CheckRunConclusion;

  /** The result in short, in Markdown. */
  @IsOptional()
  @IsString()
  @MaxLength(MAX_BODY)
  summary?: string;

  /** Details of the result, in Markdown. */
  @IsOptional()
  @IsString()
  @MaxLength(MAX_BODY)
  text?: string;

  /** Replaces the run's annotations; an empty list removes them. If absent, an unfinished run keeps its annotations. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MAX_ANNOTATIONS)
  @AreNested(() => ScmCheckRunAnnotation)
  annotations?: ScmCheckRunAnnotation[];

  /** The page with the full result, which the run links to. */
  @IsOptional()
  @IsWebUrl()
  @MaxLength(2_000)
  detailsUrl?: string;

  /** When the scan began. */
  @IsOptional()
  @IsInstant()
  startedAt?: string;
}

/** `integrations.v1.rpc.scm.operation`: read an operation from the ledger. */
export class ScmOperationRequest {
  /** The operation's id in the ledger, as replies and events name it. */
  @IsUUID()
  operationId: string;
}
