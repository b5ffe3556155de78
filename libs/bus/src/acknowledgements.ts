import { createInbox, type Msg } from '@nats-io/transport-node';
import { BusError } from './bus-error';
import type { Connection } from './connection';
import type { RawMessage } from './raw-message';

// JSStreamMessageExceedsMaximumErr, https://github.com/nats-io/nats-server/blob/main/server/errors.json
const MESSAGE_TOO_LARGE = 10_054;
const NO_RESPONDERS = 503;

/** https://docs.nats.io/reference/reference-protocols/nats_api_reference#publishing-to-streams-request-headers */
interface Acknowledgement {
  readonly stream?: string;
  readonly seq?: number;
  readonly error?: { readonly err_code?: number; readonly description?: string };
}

/**
 * Sends the messages in one turn of the event loop and waits until JetStream has acknowledged each, or the timeout expires.
 * Rejects with the BusError of the first message that was refused. One subscription and one timer serve all messages. The
 * client library's own `publish` makes a request of each message, with a timer and an Error, which would cost the relay
 * more than everything else it does.
 */
export async function publishAcknowledged(
  connection: Connection,
  messages: readonly RawMessage[],
  timeoutMs: number,
): Promise<void> {
  const { nats, inboxPrefix } = connection;
  const inbox = createInbox(inboxPrefix);
  const waiting = new Map(messages.map(({ subject }, index) => [String(index), subject]));
  const ended = Promise.withResolvers<void>();
  let refused: BusError | undefined;
  const answered = (ack: Msg): void => {
    const key = ack.subject.slice(inbox.length + 1);
    const subject = waiting.get(key);
    if (subject === undefined) return;
    refused ??= refusalOf(subject, ack);
    waiting.delete(key);
    if (waiting.size === 0) ended.resolve();
  };
  const subscription = nats.subscribe(`${inbox}.*`, { callback: (error, ack) => void (error ?? answered(ack)) });
  void subscription.closed.then(() => ended.resolve());
  const timer = setTimeout(ended.resolve, timeoutMs);
  try {
    for (const [index, { subject, body, headers }] of messages.entries()) {
      nats.publish(subject, body, { headers, reply: `${inbox}.${index}` });
    }
    await ended.promise;
  } finally {
    clearTimeout(timer);
    subscription.unsubscribe();
  }
  if (refused) throw refused;
  for (const subject of waiting.values()) throw unanswered(connection, subject, timeoutMs);
}

function refusalOf(subject: string, ack: Msg): BusError | undefined {
  if (ack.data.length === 0 && ack.headers?.code === NO_RESPONDERS) {
    return new BusError('provider_unavailable', `${subject}: no stream takes this subject, or it has no leader`);
  }
  const { stream, seq, error } = read(ack);
  // A 2.10 cluster acknowledges a repeated id without a sequence, although the first message with it is not stored yet and
  // may never be.
  if (!error && stream && seq) return undefined;
  const code = error?.err_code === MESSAGE_TOO_LARGE ? 'too_large' : 'provider_unavailable';
  return new BusError(code, `${subject}: refused by JetStream: ${error?.description ?? 'no acknowledgement'}`);
}

function read(ack: Msg): Acknowledgement {
  try {
    return ack.json<Acknowledgement>();
  } catch {
    return {};
  }
}

function unanswered(connection: Connection, subject: string, timeoutMs: number): BusError {
  if (connection.isClosed())
    return new BusError('provider_unavailable', `${subject}: the connection to NATS is closed`);
  return new BusError('timeout', `${subject}: not acknowledged within ${timeoutMs} ms`);
}
