import {
  type EventBody,
  type EventName,
  eventSchema,
  eventSource,
  eventSubject,
  eventType,
  type IntegrationType,
} from '@integrations/contracts';

/** A row of the outbox that has its sequence. */
export interface SequencedEvent {
  readonly id: number;
  readonly eventId: string;
  readonly tenantId: string;
  readonly integrationId: string;
  readonly type: IntegrationType;
  readonly provider: string;
  readonly event: EventName;
  readonly generation: number;
  readonly data: object;
  readonly occurredAt: Date;
  readonly sequence: number;
}

/** An event as it goes onto the bus: a CloudEvent 1.0 in binary mode. The same event always has the same `id`. */
export interface OutboxMessage {
  readonly subject: string;
  /** Also the header `ce-id`; to be sent as `Nats-Msg-Id`. */
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: EventBody;
}

const SEQUENCE_DIGITS = 20;

export function toMessage(event: SequencedEvent): OutboxMessage {
  const { tenantId, integrationId, type, provider, generation, sequence } = event;
  return {
    subject: eventSubject(tenantId, type, integrationId, event.event),
    id: event.eventId,
    // Lower case, because NATS header names are case-sensitive.
    headers: {
      'ce-specversion': '1.0',
      'ce-id': event.eventId,
      'ce-type': eventType(event.event),
      'ce-source': eventSource(tenantId, integrationId),
      'ce-time': event.occurredAt.toISOString(),
      'ce-dataschema': eventSchema(event.event),
      'ce-datacontenttype': 'application/json',
      // Padded, because the CloudEvents extension compares sequences as text.
      // https://github.com/cloudevents/spec/blob/main/cloudevents/extensions/sequence.md
      'ce-sequence': String(sequence).padStart(SEQUENCE_DIGITS, '0'),
    },
    body: { ...event.data, integrationId, tenantId, type, provider, generation, sequence },
  };
}
