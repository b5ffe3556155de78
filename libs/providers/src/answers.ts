import {
  CAPABILITIES,
  CHECK_RUN_CONCLUSIONS,
  CHECK_RUN_STATUSES,
  COMMIT_STATES,
  HEALTH_STATUSES,
  PROBE_CODES,
} from '@integrations/contracts';
import { ProviderError } from '@integrations/provider-kit';
import type { Guarded } from './as-provider-error';

/** What a field of an answer may be, and that in words. */
type Rule = readonly [isValid: (value: unknown) => boolean, expected: string];
type Rules = Readonly<Record<string, Rule>>;

interface Field {
  readonly name: string;
  readonly isValid: Rule[0];
  readonly expected: Rule[1];
}

/** The fields of an answer: listed once, because every probe is looked at. */
export type Shape = readonly Field[];

/** Of a cursor, as bytes: sealed, it is sent as at most 4,000 characters. */
const MAX_CURSOR_BYTES = 2_900;

const TEXT: Rule = [isText, 'must be a text'];
const COUNT: Rule = [isCount, 'must be a number, 0 or more'];
const FLAG: Rule = [(value) => typeof value === 'boolean', 'must be true or false'];
const TEXTS: Rule = [(value) => isListOf(value, isText), 'must be a list of texts'];
const OBJECTS: Rule = [(value) => isListOf(value, isObject), 'must be a list of objects'];
const OBJECT: Rule = [isObject, 'must be an object'];

/** Without the address: what was posted stands there, also where a vendor once does not say where. */
const WRITTEN: Rules = {
  outcome: oneOf(['created', 'updated', 'unchanged']),
  truncated: OBJECTS,
};

/** Any object. */
export const ANYTHING: Shape = [];
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
/** Of what it answers, as `requests`. */
export const PREVIEW = shapeOf({ requests: OBJECTS });
export const IMAGE = shapeOf({ repository: TEXT, reference: TEXT, digest: TEXT });

const PERMISSIONS = shapeOf({ required: TEXTS, granted: TEXTS, missing: TEXTS, excess: TEXTS });

export const VERDICT = shapeOf({
  status: oneOf(HEALTH_STATUSES),
  code: oneOf(Object.keys(PROBE_CODES)),
  message: TEXT,
  remediation: TEXT,
  stages: OBJECTS,
  warnings: TEXTS,
  latencyMs: COUNT,
  checkedAt: [(value) => isText(value) && !Number.isNaN(Date.parse(value)), 'must be a time, ISO-8601'],
  permissions: orAbsent([
    (value) => isObject(value) && flawIn(value, PERMISSIONS) === null,
    'must be lists of texts: required, granted, missing, excess',
  ]),
  capabilities: orAbsent([(value) => isListOf(value, isCapability), `must be a list of ${CAPABILITIES.join(', ')}`]),
  server: orAbsent(OBJECT),
  principal: orAbsent(OBJECT),
  credential: orAbsent(OBJECT),
  quota: orAbsent(OBJECT),
  retryAfterMs: orAbsent(COUNT),
});

/** A page of `limit` items or fewer. */
export function pageOfAtMost(limit: number): Shape {
  return shapeOf({
    items: [
      (value) => isListOf(value, isObject) && (value as unknown[]).length <= limit,
      `must be a list of ${limit} objects at most, as was asked for`,
    ],
    nextCursor: orNull([
      (value) => isText(value) && value !== '' && Buffer.byteLength(value) <= MAX_CURSOR_BYTES,
      `must be a text of 1 to ${MAX_CURSOR_BYTES} bytes`,
    ]),
  });
}

/** The answer, or a ProviderError `internal` that says to the plugin's author what is wrong with it. */
export function sound<T>({ provider }: Guarded, method: string, shape: Shape, answer: T): T {
  const flaw = flawIn(answer, shape);
  if (flaw === null) return answer;
  throw new ProviderError('internal', `${provider}: what ${method}() answers is not what it must be: ${flaw}`);
}

/** Null if nothing is. Quotes nothing of the answer. */
function flawIn(answer: unknown, shape: Shape): string | null {
  if (!isObject(answer)) return `must be an object, not ${answer === null ? 'null' : typeof answer}`;
  const values = answer as Readonly<Record<string, unknown>>;
  const wrong = shape.filter(({ name, isValid }) => !isValid(values[name]));
  return wrong.length === 0 ? null : wrong.map(({ name, expected }) => `${name} ${expected}`).join('; ');
}

function shapeOf(rules: Rules): Shape {
  return Object.entries(rules).map(([name, [isValid, expected]]) => ({ name, isValid, expected }));
}

function oneOf(allowed: readonly string[]): Rule {
  return [(value) => isText(value) && allowed.includes(value), `must be one of ${allowed.join(', ')}`];
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

function isCapability(value: unknown): boolean {
  return isText(value) && (CAPABILITIES as readonly string[]).includes(value);
}
