import type { MsgHdrs } from '@nats-io/transport-node';

export const MALFORMED = Symbol('malformed headers');

/** The headers of a message. The server passes on malformed headers, and the client library throws when it reads them. */
export function headersOf(message: { readonly headers?: MsgHdrs }): MsgHdrs | undefined | typeof MALFORMED {
  try {
    return message.headers;
  } catch {
    return MALFORMED;
  }
}
