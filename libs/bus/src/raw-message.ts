import { headers as natsHeaders, type MsgHdrs } from '@nats-io/transport-node';
import { encodeJson } from './json';

export interface PublishMessage {
  readonly subject: string;
  /** An object is sent as JSON, bytes are sent unchanged. */
  readonly body: object | Uint8Array;
  /** JetStream stores messages with the same id within ten minutes only once. */
  readonly id: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A message ready to be sent. */
export interface RawMessage {
  readonly subject: string;
  readonly body: Uint8Array;
  readonly id: string;
  readonly headers: MsgHdrs;
}

export function toRawMessage({ subject, body, id, headers = {} }: PublishMessage): RawMessage {
  const own = natsHeaders();
  for (const [name, value] of Object.entries(headers)) own.set(name, value);
  return { subject, id, headers: own, body: body instanceof Uint8Array ? body : encodeJson(body) };
}
