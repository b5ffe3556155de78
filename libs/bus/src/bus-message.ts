import type { JsMsg } from '@nats-io/jetstream';
import { Match } from '@nats-io/transport-node';
import { headersOf, MALFORMED } from './headers';
import { parseJson, type ParsedJson } from './json';

/** A message from a stream, as a handler sees it. */
export interface BusMessage {
  readonly subject: string;
  /** The body as received. */
  readonly body: Uint8Array;
  /** The `Nats-Msg-Id` that its publisher gave it. */
  readonly id: string | undefined;
  /** Counted from 1. */
  readonly deliveries: number;
  /** Its position in the stream. */
  readonly sequence: number;
  readonly publishedAt: Date;
  /** A header by its name, case-insensitive; undefined if the headers are malformed. */
  header(name: string): string | undefined;
  /** The body parsed as JSON. Drop a message whose body is not JSON: a retry cannot help. */
  json(): ParsedJson;
}

export function toBusMessage(message: JsMsg): BusMessage {
  const headers = headersOf(message);
  const header = (name: string) =>
    headers === MALFORMED ? undefined : headers?.get(name, Match.IgnoreCase) || undefined;
  return {
    subject: message.subject,
    body: message.data,
    id: header('Nats-Msg-Id'),
    deliveries: message.info.deliveryCount,
    sequence: message.seq,
    publishedAt: message.time,
    header,
    json: () => parseJson(message.data),
  };
}
