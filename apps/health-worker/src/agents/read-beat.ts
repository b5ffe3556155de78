import type { BusMessage } from '@integrations/bus';
import { AGENT_ID_PATTERN, AgentHeartbeat, describeErrors, TENANT_PATTERN, validate } from '@integrations/contracts';

/** A beat, or what is wrong with it, without a value of what was sent. */
export type ReadBeat =
  | { readonly ok: true; readonly tenantId: string; readonly agentId: string; readonly beat: AgentHeartbeat }
  | { readonly ok: false; readonly outcome: 'bad_subject' | 'not_json' | 'invalid'; readonly reason: string };

/** From `integrations.v1.agent.<tenant>.<agentId>.heartbeat`. */
export function readBeat({ subject, json }: Pick<BusMessage, 'subject' | 'json'>): ReadBeat {
  const [, , , tenantId = '', agentId = ''] = subject.split('.');
  if (!TENANT_PATTERN.test(tenantId) || !AGENT_ID_PATTERN.test(agentId)) {
    return { ok: false, outcome: 'bad_subject', reason: 'the subject names no tenant or no agent as they are named' };
  }
  const body = json();
  if (!body.ok) return { ok: false, outcome: 'not_json', reason: body.message };
  const beat = validate(AgentHeartbeat, body.value, { ignoreUnknown: true });
  if (!beat.ok) return { ok: false, outcome: 'invalid', reason: describeErrors(beat.errors) };
  return { ok: true, tenantId, agentId, beat: beat.value };
}
