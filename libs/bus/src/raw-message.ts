import { headers as natsHeaders, type MsgHdrs } from '@nats-io/transport-node';
import { encodeJson } from './json';

export interface PublishMessage {
  readonly subject: string;
  /** An object is written as JSON, bytes go as they are. */
  readonly body: object | Uint8Array;
  /** The same id within ten minutes is stored once. */
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
