import { HEADERS, readTraceparent } from '@integrations/contracts';
import { type RecurringFailure, traceFields } from '@integrations/telemetry';
import type { JsMsg } from '@nats-io/jetstream';
import { type BusMessage, toBusMessage } from './bus-message';
import { toDeadLetter } from './dead-letter';
import type { BusLogger } from './logger';
import { backoffMs, type DeadLetterCode, drop, type Outcome, retry } from './outcome';
import type { RawMessage } from './raw-message';

/** Handles one message. A handler that throws gets another delivery, with growing backoff. */
export type MessageHandler = (message: BusMessage) => Promise<Outcome>;

export interface DeliveryRules {
  readonly durable: string;
  readonly handler: MessageHandler;
  /** Deliveries without success after which a message goes to the dead letters. */
  readonly maxDeliver: number;
  /** Milliseconds after which the server redelivers a message for which it has heard nothing. */
  readonly ackWaitMs: number;
  readonly publish: (letter: RawMessage) => Promise<void>;
  /** Called once the dead letter is stored. */
  readonly onDeadLetter: (code: DeadLetterCode) => void;
  /** Logs failures of the handler, which in an outage fails for each message. */
  readonly failure: RecurringFailure;
  /** Logs failures to store dead letters. */
  readonly letterFailure: RecurringFailure;
  readonly logger: BusLogger;
}

/** Runs the handler over one message and settles it with the server. Never rejects. */
export async function deliver(message: JsMsg, rules: DeliveryRules): Promise<void> {
  const keepAlive = setInterval(() => message.working(), rules.ackWaitMs / 3).unref();
  try {
    await settle(message, await decide(message, rules), rules);
  } finally {
    clearInterval(keepAlive);
  }
}

async function decide(message: JsMsg, rules: DeliveryRules): Promise<Outcome> {
  const deliveries = message.info.deliveryCount;
  // The message crashed its handlers this often, so it does not get another try.
  if (deliveries > rules.maxDeliver) {
    return drop(`delivered ${deliveries - 1} times without an outcome`, 'no_outcome');
  }

  const { outcome, failure } = await attempt(message, rules);
  if (outcome.kind !== 'retry' || deliveries < rules.maxDeliver) return outcome;
  const last = failure ? `, the last of which failed with ${failure}` : '';
  return drop(`given up after ${deliveries} deliveries${last}`, 'given_up');
}

async function attempt(message: JsMsg, rules: DeliveryRules): Promise<{ outcome: Outcome; failure?: string }> {
  try {
    return { outcome: await rules.handler(toBusMessage(message)) };
  } catch (error) {
    rules.failure.failed(error, fieldsOf(message, rules));
    // Only the name: an error message may hold content that must not be in a dead letter.
    const failure = error instanceof Error ? error.name : typeof error;
    return { outcome: retry(backoffMs(message.info.deliveryCount)), failure };
  }
}

async function settle(message: JsMsg, outcome: Outcome, rules: DeliveryRules): Promise<void> {
  switch (outcome.kind) {
    case 'done':
      message.ack();
      return;
    case 'retry':
      message.nak(Math.max(0, Math.round(outcome.afterMs)));
      return;
    case 'drop':
      await storeDeadLetter(message, outcome, rules);
  }
}

type Drop = Extract<Outcome, { kind: 'drop' }>;

async function storeDeadLetter(message: JsMsg, { reason, code }: Drop, rules: DeliveryRules): Promise<void> {
  try {
    await rules.publish(toDeadLetter(message, rules.durable, reason));
    // Without a reason: servers before 2.11 ignore a termination that has one.
    message.term();
    rules.onDeadLetter(code);
    rules.logger.error({ reason, ...fieldsOf(message, rules) }, 'message went to the dead letters');
  } catch (error) {
    message.nak(backoffMs(message.info.deliveryCount));
    rules.letterFailure.failed(error, fieldsOf(message, rules));
  }
}

function fieldsOf(message: JsMsg, { durable }: DeliveryRules): object {
  const { subject, sequence, deliveries, header } = toBusMessage(message);
  return { durable, subject, sequence, deliveries, ...traceFields(readTraceparent(header(HEADERS.traceparent))) };
}
