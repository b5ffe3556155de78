import { hash } from 'node:crypto';
import type { BusMessage } from '@integrations/bus';
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
  /** The digest of everything but `sentAt`: mostly the same from one beat to the next. */
  readonly facts: string;
}

/** What is wrong with a beat. Holds no value that was sent. */
export interface WrongBeat {
  readonly outcome: 'bad_subject' | 'not_json' | 'invalid';
  readonly reason: string;
}

/** The agent of a subject `integrations.v1.agent.<tenant>.<agentId>.heartbeat`; null if that is not valid. */
export function agentOf(subject: string): { readonly tenantId: string; readonly agentId: string } | null {
  const [, , , tenantId = '', agentId = ''] = subject.split('.');
  return TENANT_PATTERN.test(tenantId) && AGENT_ID_PATTERN.test(agentId) ? { tenantId, agentId } : null;
}

/** `before`: the last valid beat of the same agent. If only `sentAt` differs, the slow validation is skipped. */
export function readBeat({ json }: Pick<BusMessage, 'json'>, before: TakenBeat | null): TakenBeat | WrongBeat {
  const body = json();
  if (!body.ok) return { outcome: 'not_json', reason: body.message };
  const { sentAt, ...rest } = fieldsOf(body.value);
  const facts = hash('sha256', JSON.stringify(rest), 'base64url');
  if (before?.facts === facts && isInstant(sentAt)) {
    return { facts: before.facts, beat: Object.assign(new AgentHeartbeat(), before.beat, { sentAt }) };
  }
  const checked = validate(AgentHeartbeat, body.value, { ignoreUnknown: true });
  if (checked.ok) return { facts, beat: checked.value };
  return { outcome: 'invalid', reason: describeErrors(checked.errors) };
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
