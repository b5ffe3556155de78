import { type SequencedEvent, toMessage } from './message';

const integrationId = '01920000-0000-7000-8000-000000000001';
const event: SequencedEvent = {
  id: 7,
  eventId: '01920000-0000-7000-8000-0000000000e1',
  tenantId: 'acme',
  integrationId,
  type: 'scm',
  provider: 'github_app',
  event: 'disabled',
  generation: 3,
  data: { reason: 'manual' },
  traceparent: null,
  occurredAt: new Date('2026-02-03T04:05:06.789Z'),
  sequence: 42,
};

describe('the message of an event', () => {
  it('is a CloudEvent in binary mode on the subject of the integration', () => {
    expect(toMessage(event)).toEqual({
      subject: `integrations.v1.evt.acme.scm.${integrationId}.disabled`,
      id: event.eventId,
      headers: {
        'ce-specversion': '1.0',
        'ce-id': event.eventId,
        'ce-type': 'org.stella-ops.integrations.disabled.v1',
        'ce-source': `/tenants/acme/integrations/${integrationId}`,
        'ce-time': '2026-02-03T04:05:06.789Z',
        'ce-dataschema': 'tag:stella-ops.org,2026:integrations/events/disabled/v1',
        'ce-datacontenttype': 'application/json',
        'ce-sequence': '00000000000000000042',
      },
      body: {
        integrationId,
        tenantId: 'acme',
        type: 'scm',
        provider: 'github_app',
        generation: 3,
        sequence: 42,
        reason: 'manual',
      },
    });
  });

  it('has the trace context of the request that caused the event', () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    expect(toMessage({ ...event, traceparent }).headers['ce-traceparent']).toBe(traceparent);
  });

  it('names no integration for an event of the platform itself', () => {
    const { id, eventId, occurredAt, sequence, traceparent } = event;
    const platform = { tenantId: '_system', integrationId: '00000000-0000-0000-0000-000000000000', type: null };
    const data = { worker: 'w' };
    const message = toMessage({
      id,
      eventId,
      occurredAt,
      sequence,
      traceparent,
      ...platform,
      event: 'prober_degraded',
      data,
    });
    expect(message).toMatchObject({
      subject: 'integrations.v1.sys.prober_degraded',
      headers: { 'ce-source': '/system', 'ce-type': 'org.stella-ops.integrations.prober_degraded.v1' },
    });
    expect(message.body).toEqual({ sequence, worker: 'w' });
  });

  it('never lets the data of an event overwrite the common fields', () => {
    const { body } = toMessage({ ...event, data: { tenantId: 'other', sequence: 1 } });

    expect(body).toMatchObject({ tenantId: 'acme', sequence: 42 });
  });
});
