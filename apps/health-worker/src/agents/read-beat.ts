import { hash } from 'node:crypto';
import type { BusMessage, ParsedJson } from '@integrations/bus';
import {
  AGENT_ID_PATTERN,
  AgentHeartbeat,
  describeErrors,
  isInstant,
  TENANT_PATTERN,
  validate,
} from '@integrations/contracts';

export interface TakenBeat {
  readonly beat: AgentHeartbeat;
  /** The digest of all of it but when it was sent: from one beat to the next it is mostly the same. */
  readonly facts: string;
}

/** What is wrong with a beat, without a value of what was sent. */
export interface WrongBeat {
  readonly outcome: 'bad_subject' | 'not_json' | 'invalid';
  readonly reason: string;
}

/** Whose beats a subject is for, `integrations.v1.agent.<tenant>.<agentId>.heartbeat`. */
export function agentOf(subject: string): { readonly tenantId: string; readonly agentId: string } | null {
  const [, , , tenantId = '', agentId = ''] = subject.split('.');
  return TENANT_PATTERN.test(tenantId) && AGENT_ID_PATTERN.test(agentId) ? { tenantId, agentId } : null;
}

/** `before` is the last one that was taken of the same agent: what it said needs no second look, which takes the longest. */
export function readBeat({ json }: Pick<BusMessage, 'json'>, before: TakenBeat | null): TakenBeat | WrongBeat {
  const body = json();
  if (!body.ok) return { outcome: 'not_json', reason: body.message };
  const { sentAt, ...rest } = fieldsOf(body);
  const facts = hash('sha256', JSON.stringify(rest), 'base64url');
  if (before?.facts === facts && isInstant(sentAt)) {
    return { facts: before.facts, beat: Object.assign(new AgentHeartbeat(), before.beat, { sentAt }) };
  }
  const checked = validate(AgentHeartbeat, body.value, { ignoreUnknown: true });
  if (checked.ok) return { facts, beat: checked.value };
  return { outcome: 'invalid', reason: describeErrors(checked.errors) };
}

function fieldsOf({ value }: Extract<ParsedJson, { ok: true }>): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
