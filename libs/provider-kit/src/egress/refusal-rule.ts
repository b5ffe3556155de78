import type { ErrorCode } from '@integrations/contracts';
import type { FailureCode } from '../provider-error';
import type { EgressResponse } from './egress';

/** What a vendor means by a status; with `text`, only if the body matches it. */
export interface RefusalRule {
  readonly status: number;
  readonly text?: RegExp;
  readonly code: ErrorCode;
  readonly why: string;
  /** See `ProviderErrorOptions`. */
  readonly probeCode?: FailureCode;
}

/** The part of a body that rules search; the body may be JSON, plain text or HTML. */
export function beginningOf(response: EgressResponse): string {
  return response.text().slice(0, 4_096);
}

/** The first rule that matches. */
export function ruleFor<R extends RefusalRule>(rules: readonly R[], status: number, text: string): R | undefined {
  return rules.find((rule) => rule.status === status && (!rule.text || rule.text.test(text)));
}
