import {
  type EventBody,
  type EventName,
  eventSchema,
  eventSource,
  eventSubject,
  eventType,
  type IntegrationType,
  SYSTEM_SOURCE,
  type SystemEventBody,
  type SystemEventName,
  systemSubject,
} from '@integrations/contracts';

interface Sequenced {
  readonly id: number;
  readonly eventId: string;
  readonly tenantId: string;
  readonly integrationId: string;
  readonly data: object;
  /** The W3C trace context of the request that caused the event, if that had one. */
  readonly traceparent: string | null;
  readonly occurredAt: Date;
  readonly sequence: number;
}

interface SequencedIntegrationEvent extends Sequenced {
  readonly type: IntegrationType;
  readonly provider: string;
  readonly event: EventName;
  readonly generation: number;
}

/** An event of the platform itself, without type, provider and generation. */
interface SequencedSystemEvent extends Sequenced {
  readonly type: null;
  readonly event: SystemEventName;
}

/** A row of the outbox that has its sequence. */
export type SequencedEvent = SequencedIntegrationEvent | SequencedSystemEvent;

/** An event as it goes onto the bus: a CloudEvent 1.0 in binary mode. The same event always has the same `id`. */
export interface OutboxMessage {
  readonly subject: string;
  /** Also the header `ce-id`; to be sent as `Nats-Msg-Id`. */
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
  /** An event of the platform itself lacks the fields of an integration. */
  readonly body: SystemEventBody & Partial<EventBody>;
}

const SEQUENCE_DIGITS = 20;

export function toMessage(event: SequencedEvent): OutboxMessage {
  if (event.type === null) {
    const body = { ...event.data, sequence: event.sequence };
    return { ...envelope(event, SYSTEM_SOURCE), subject: systemSubject(event.event), body };
  }
  const { tenantId, integrationId, type, provider, generation, sequence } = event;
  return {
    ...envelope(event, eventSource(tenantId, integrationId)),
    subject: eventSubject(tenantId, type, integrationId, event.event),
    body: { ...event.data, integrationId, tenantId, type, provider, generation, sequence },
  };
}

function envelope(event: SequencedEvent, source: string): Pick<OutboxMessage, 'id' | 'headers'> {
  return {
    id: event.eventId,
    // Lower case, because NATS header names are case-sensitive.
    headers: {
      'ce-specversion': '1.0',
      'ce-id': event.eventId,
      'ce-type': eventType(event.event),
      'ce-source': source,
      'ce-time': event.occurredAt.toISOString(),
      'ce-dataschema': eventSchema(event.event),
      'ce-datacontenttype': 'application/json',
      // Padded, because the CloudEvents extension compares sequences as text.
      // https://github.com/cloudevents/spec/blob/main/cloudevents/extensions/sequence.md
      'ce-sequence': String(event.sequence).padStart(SEQUENCE_DIGITS, '0'),
      // https://github.com/cloudevents/spec/blob/main/cloudevents/extensions/distributed-tracing.md
      ...(event.traceparent === null ? {} : { 'ce-traceparent': event.traceparent }),
    },
  };
}
