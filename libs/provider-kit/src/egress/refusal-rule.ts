import type { ErrorCode } from '@integrations/contracts';
import type { EgressResponse } from './egress';

/** What a vendor means by a status, or by a body of that status in which `text` is found. */
export interface RefusalRule {
  readonly status: number;
  readonly text?: RegExp;
  readonly code: ErrorCode;
  readonly why: string;
}

/** Of a body, which may be JSON, plain text or HTML: as much as rules look through. */
export function beginningOf(response: EgressResponse): string {
  return response.text().slice(0, 4_096);
}

/** The first that fits. */
export function ruleFor<R extends RefusalRule>(rules: readonly R[], status: number, text: string): R | undefined {
  return rules.find((rule) => rule.status === status && (!rule.text || rule.text.test(text)));
}
