import type { JsMsg } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import { deadLetterSubject } from '@integrations/contracts';
import { headersOf, MALFORMED } from './headers';
import type { RawMessage } from './raw-message';

/** The headers of a dead letter, in addition to the original ones. */
export const DEAD_LETTER_HEADERS = {
  reason: 'dead-letter-reason',
  /** The subject to which the message was published. */
  subject: 'dead-letter-subject',
  deliveries: 'dead-letter-deliveries',
  stream: 'dead-letter-stream',
  /** The message's position in that stream. */
  sequence: 'dead-letter-sequence',
} as const;

const MAX_REASON_LENGTH = 500;
const MAX_HEADERS_BYTES = 4_096;

/** The dead letter of a message: the original body, its headers if their size is sane, and the reason. */
export function toDeadLetter(message: JsMsg, durable: string, reason: string): RawMessage {
  const { stream, deliveryCount } = message.info;
  const letter = headers();
  const original = headersOf(message);
  if (original && original !== MALFORMED && Buffer.byteLength(String(original)) <= MAX_HEADERS_BYTES) {
    // Drops JetStream's own headers. They would take effect again: ids would deduplicate, expectations would reject.
    for (const name of original.keys().filter((key) => !/^nats-/i.test(key))) {
      for (const value of original.values(name)) letter.append(name, value);
    }
  }
  letter.set(DEAD_LETTER_HEADERS.reason, oneLine(reason));
  letter.set(DEAD_LETTER_HEADERS.subject, message.subject.slice(0, MAX_REASON_LENGTH));
  letter.set(DEAD_LETTER_HEADERS.deliveries, String(deliveryCount));
  letter.set(DEAD_LETTER_HEADERS.stream, stream);
  letter.set(DEAD_LETTER_HEADERS.sequence, String(message.seq));
  return {
    subject: deadLetterSubject(durable),
    body: message.data,
    id: `${stream}:${message.seq}:${durable}`,
    headers: letter,
  };
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').slice(0, MAX_REASON_LENGTH);
}
