import {
  CAPABILITIES,
  CHECK_RUN_CONCLUSIONS,
  CHECK_RUN_STATUSES,
  COMMIT_STATES,
  HEALTH_STATUSES,
  PROBE_CODES,
  PROBE_STAGES,
  type ProbeVerdict,
  RUN_CONCLUSIONS,
  RUN_STATUSES,
  WORKLOAD_STATES,
} from '@integrations/contracts';
import { type CallLimit, ProviderError } from '@integrations/provider-kit';
import type { Guarded } from './as-provider-error';
import { cappedWait } from './capped-wait';

/** How to check a field of an answer: a predicate, its wording, and the fields if it holds an object or objects. */
type Rule = readonly [isValid: (value: unknown) => boolean, expected: string, parts?: Shape];
type Rules = Readonly<Record<string, Rule>>;

interface Field {
  readonly name: string;
  readonly isValid: Rule[0];
  readonly expected: Rule[1];
  readonly parts: Rule[2];
}

/** The rules of an answer's fields, as a list made once: every probe's verdict is checked. */
export type Shape = readonly Field[];

/** Longest cursor in bytes; sealed, it is sent as at most 4,000 characters. */
const MAX_CURSOR_BYTES = 2_900;

const TEXT: Rule = [isText, 'must be a string'];
const COUNT: Rule = [isCount, 'must be a number, 0 or more'];
const FLAG: Rule = [(value) => typeof value === 'boolean', 'must be true or false'];
const TEXTS: Rule = [(value) => isListOf(value, isText), 'must be a list of strings'];
const OBJECTS: Rule = [(value) => isListOf(value, isObject), 'must be a list of objects'];
const OBJECT: Rule = [isObject, 'must be an object'];
const NUMBER: Rule = [(value) => Number.isFinite(value), 'must be a number'];
const TIME: Rule = [(value) => isText(value) && !Number.isNaN(Date.parse(value)), 'must be a time, ISO-8601'];
/** Nobody reads more, and the console page that lists them would not load. */
const MAX_WARNINGS = 1_000;
const WARNINGS: Rule = [
  (value) => isListOf(value, isText) && (value as unknown[]).length <= MAX_WARNINGS,
  `must be a list of at most ${MAX_WARNINGS} strings`,
];
/** PostgreSQL stores it as a 32-bit integer. */
const MILLISECONDS: Rule = [
  (value) => isCount(value) && Number(value) < 2 ** 31,
  'must be milliseconds, 0 to 2147483647',
];

const TEXT_OR_NULL = orNull(TEXT);

/** The URL may be absent: a write has succeeded even when the vendor does not say where the result is. */
const WRITTEN: Rules = {
  outcome: oneOf(['created', 'updated', 'unchanged']),
  url: orAbsent(TEXT_OR_NULL),
  truncated: objects({ field: TEXT, was: COUNT, now: COUNT, unit: oneOf(['characters', 'bytes', 'items']) }),
};

/** The answer of `budget`, unless null or undefined. */
export const BUDGET = shapeOf({
  account: orAbsent(orNull(TEXTS)),
  limits: orAbsent([areLimits, 'must be lists of { max, perMs } by kind of call, both whole numbers from 1']),
  apart: orAbsent(TEXTS),
});

/** The answer of `open`, which must be synchronous. */
export const SESSION = shapeOf({ then: [(value) => value === undefined, 'must be absent: it is a promise'] });
export const COMMENT = shapeOf({ ...WRITTEN, commentId: TEXT });
export const STATUS = shapeOf({ ...WRITTEN, statusId: TEXT, state: oneOf(COMMIT_STATES), context: TEXT });
export const CHECK_RUN = shapeOf({
  ...WRITTEN,
  checkRunId: TEXT,
  status: oneOf(CHECK_RUN_STATUSES),
  conclusion: orNull(oneOf(CHECK_RUN_CONCLUSIONS)),
  annotationsPosted: COUNT,
});
export const REMARKS = shapeOf({ comments: OBJECTS, outdated: COUNT });
export const PULL_REQUEST = shapeOf({ headSha: TEXT, state: oneOf(['open', 'closed']), draft: FLAG, locked: FLAG });
/** The answer of `preview`, wrapped as `{ requests }`. */
export const PREVIEW = shapeOf({ requests: OBJECTS });
export const IMAGE = shapeOf({ repository: TEXT, reference: TEXT, digest: TEXT });

export const REPOSITORY = shapeOf({
  ...{ id: TEXT, owner: TEXT, name: TEXT, url: TEXT, archived: FLAG, defaultBranch: TEXT_OR_NULL },
  visibility: orNull(oneOf(['public', 'internal', 'private'])),
});
export const TAG = shapeOf({ name: TEXT, digest: TEXT_OR_NULL, pushedAt: orNull(TIME) });
export const REFERRER = shapeOf({
  digest: TEXT,
  mediaType: TEXT_OR_NULL,
  artifactType: TEXT_OR_NULL,
  annotations: OBJECT,
});
export const PIPELINE = shapeOf({ id: TEXT, name: TEXT, url: TEXT_OR_NULL, repository: TEXT_OR_NULL, enabled: FLAG });
export const RUN = shapeOf({
  ...{ id: TEXT, name: TEXT, pipelineId: TEXT_OR_NULL, branch: TEXT_OR_NULL, commit: TEXT_OR_NULL, url: TEXT_OR_NULL },
  status: oneOf(RUN_STATUSES),
  conclusion: orNull(oneOf(RUN_CONCLUSIONS)),
  ...{ createdAt: orNull(TIME), startedAt: orNull(TIME), finishedAt: orNull(TIME) },
});
export const WORKLOAD = shapeOf({
  ...{ id: TEXT, kind: TEXT, name: TEXT, namespace: TEXT_OR_NULL, node: TEXT_OR_NULL, labels: OBJECT },
  state: oneOf(WORKLOAD_STATES),
  startedAt: orNull(TIME),
  containers: objects({ name: TEXT, image: TEXT, digest: TEXT_OR_NULL }),
});

const VERDICT = shapeOf({
  status: oneOf(HEALTH_STATUSES),
  code: oneOf(Object.keys(PROBE_CODES)),
  message: TEXT,
  remediation: TEXT,
  stages: objects({ name: oneOf(PROBE_STAGES), ok: FLAG, ms: COUNT, detail: orAbsent(TEXT) }),
  warnings: WARNINGS,
  latencyMs: MILLISECONDS,
  checkedAt: TIME,
  permissions: object({ required: TEXTS, granted: TEXTS, missing: TEXTS, excess: TEXTS }),
  capabilities: orAbsent([(value) => isListOf(value, isCapability), `must be a list of ${CAPABILITIES.join(', ')}`]),
  server: object({ product: TEXT, version: orAbsent(TEXT) }),
  principal: object({ id: TEXT, kind: TEXT }),
  credential: object({ expiresAt: orAbsent(TIME), version: orAbsent(TEXT) }),
  quota: object({ limit: orAbsent(NUMBER), remaining: orAbsent(NUMBER), resetAt: orAbsent(TIME) }),
  tls: object({ issuer: TEXT, validTo: TIME, daysLeft: NUMBER }),
  clockSkewMs: orAbsent(NUMBER),
});

/** A page of at most `limit` items, each of the shape `item`. */
export function pageOfAtMost(limit: number, item: Shape): Shape {
  return shapeOf({
    items: [
      (value) => isListOf(value, isObject) && (value as unknown[]).length <= limit,
      `must be a list of at most ${limit} objects, as requested`,
      item,
    ],
    nextCursor: orNull([
      (value) => isText(value) && value !== '' && Buffer.byteLength(value) <= MAX_CURSOR_BYTES,
      `must be a string of 1 to ${MAX_CURSOR_BYTES} bytes`,
    ]),
  });
}

/**
 * Returns the answer if it is valid. Otherwise throws ProviderError `internal`, which tells the plugin's author why.
 */
export function checkedAnswer<T>({ provider }: Guarded, method: string, shape: Shape, answer: T): T {
  const flaw = flawIn(answer, shape);
  if (flaw === null) return answer;
  throw new ProviderError('internal', `${provider}: ${method}() returned an invalid answer: ${flaw}`);
}

/** As `checkedAnswer`, for a verdict: one that cannot be serialised would lose the whole batch it is stored with. */
export function checkedVerdict(plugin: Guarded, method: string, answer: ProbeVerdict): ProbeVerdict {
  const verdict = checkedAnswer(plugin, method, VERDICT, answer);
  try {
    JSON.stringify(verdict);
  } catch (cause) {
    const message = `${plugin.provider}: ${method}() returned an invalid answer: it cannot be serialised as JSON`;
    throw new ProviderError('internal', message, { cause });
  }
  const retryAfterMs = cappedWait(verdict.retryAfterMs);
  return retryAfterMs === verdict.retryAfterMs ? verdict : { ...verdict, retryAfterMs };
}

/** Null if the answer is valid. The text quotes nothing from the answer. */
function flawIn(answer: unknown, shape: Shape): string | null {
  if (!isObject(answer)) return `must be an object, not ${answer === null ? 'null' : typeof answer}`;
  const flaws: string[] = [];
  addFlaws(flaws, answer, shape, '');
  return flaws.length === 0 ? null : [...new Set(flaws)].join('; ');
}

/** Appends to the caller's list: nearly every probe is flawless, and then nothing is allocated. */
function addFlaws(flaws: string[], answer: object, shape: Shape, path: string): void {
  for (const { name, isValid, expected, parts } of shape) {
    const value = (answer as Readonly<Record<string, unknown>>)[name];
    if (!isValid(value)) flaws.push(`${path}${name} ${expected}`);
    else if (parts && isObject(value)) {
      const within = `${path}${name}.`;
      for (const part of Array.isArray(value) ? value : [value]) addFlaws(flaws, part as object, parts, within);
    }
  }
}

function shapeOf(rules: Rules): Shape {
  return Object.entries(rules).map(([name, [isValid, expected, parts]]) => ({ name, isValid, expected, parts }));
}

function oneOf(allowed: readonly string[]): Rule {
  return [(value) => isText(value) && allowed.includes(value), `must be one of ${allowed.join(', ')}`];
}

/** A list of objects with these fields. */
function objects(rules: Rules): Rule {
  const [isValid, expected] = OBJECTS;
  return [isValid, expected, shapeOf(rules)];
}

/** An object with these fields, or absent. */
function object(rules: Rules): Rule {
  const [isValid, expected] = orAbsent(OBJECT);
  return [isValid, expected, shapeOf(rules)];
}

function orNull([isValid, expected]: Rule): Rule {
  return [(value) => value === null || isValid(value), `${expected}, or null`];
}

function orAbsent([isValid, expected]: Rule): Rule {
  return [(value) => value === undefined || isValid(value), `${expected}, or absent`];
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isListOf(value: unknown, isValid: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isValid);
}

function areLimits(value: unknown): boolean {
  return isObject(value) && Object.values(value).every((limits) => isListOf(limits, isLimit));
}

function isLimit(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { max, perMs } = value as Partial<CallLimit>;
  return isWholeNumber(max) && max < 2 ** 31 && isWholeNumber(perMs);
}

function isWholeNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1;
}

function isCapability(value: unknown): boolean {
  return isText(value) && (CAPABILITIES as readonly string[]).includes(value);
}
