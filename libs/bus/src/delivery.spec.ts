import { RecurringFailure } from '@integrations/telemetry';
import type { JsMsg } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import { DEAD_LETTER_HEADERS } from './dead-letter';
import { deliver, type DeliveryRules } from './delivery';
import { done, drop, retry } from './outcome';
import type { RawMessage } from './raw-message';

/** A message on its `deliveryCount`-th delivery, and the acknowledgements sent to the server. */
function delivered(deliveryCount: number, messageHeaders = headers()) {
  const acks: string[] = [];
  const message = {
    subject: 'integrations.v1.annotate.acme.comment',
    data: new TextEncoder().encode('{"x":1}'),
    headers: messageHeaders,
    seq: 7,
    time: new Date(0),
    info: { deliveryCount, stream: 'S' },
    ack: () => acks.push('ack'),
    nak: (ms: number) => acks.push(`nak ${ms}`),
    term: (reason?: string) => acks.push(reason === undefined ? 'term' : 'term with reason'),
    working: () => acks.push('working'),
  };
  return { message: message as unknown as JsMsg, acks };
}

function rules(handler: DeliveryRules['handler'], publish?: DeliveryRules['publish']) {
  const letters: RawMessage[] = [];
  const logged: string[] = [];
  const fields: object[] = [];
  const counted: string[] = [];
  const onDeadLetter = (code: string) => void counted.push(code);
  const log = (about: object, message: string) => {
    logged.push(message);
    fields.push(about);
  };
  const store = publish ?? ((letter: RawMessage) => Promise.resolve(void letters.push(letter)));
  const logger = { warn: log, error: log };
  const failure = new RecurringFailure(logger, 'message handler failed');
  const letterFailure = new RecurringFailure(logger, 'dead letter not stored; message kept', 'error');
  const all = {
    durable: 'worker',
    handler,
    maxDeliver: 3,
    ackWaitMs: 90,
    onDeadLetter,
    failure,
    letterFailure,
    logger,
  };
  return { letters, logged, fields, counted, rules: { ...all, publish: store } };
}

const reasonOf = (letter: RawMessage | undefined) => letter?.headers.get(DEAD_LETTER_HEADERS.reason);

describe('deliver', () => {
  it('acknowledges a message that is done', async () => {
    const { message, acks } = delivered(1);
    await deliver(message, rules(() => Promise.resolve(done())).rules);
    expect(acks).toEqual(['ack']);
  });

  it('acknowledges a message that is done at its last delivery', async () => {
    const { message, acks } = delivered(3);
    const setup = rules(() => Promise.resolve(done()));
    await deliver(message, setup.rules);
    expect(acks).toEqual(['ack']);
    expect(setup.letters).toEqual([]);
  });

  it('retries after the delay that the handler returns', async () => {
    const { message, acks } = delivered(1);
    await deliver(message, rules(() => Promise.resolve(retry(1_500.4))).rules);
    expect(acks).toEqual(['nak 1500']);
  });

  it('retries with backoff when the handler throws, and logs the failure', async () => {
    const { message, acks } = delivered(2);
    const setup = rules(() => Promise.reject(new Error('database away')));
    await deliver(message, setup.rules);
    expect(acks).toHaveLength(1);
    expect(acks[0]).toMatch(/^nak (1\d{3}|2000)$/);
    expect(setup.logged).toEqual(['message handler failed']);
  });

  it('logs a failure that every message hits once, and another failure separately', async () => {
    let failure = new Error('database away');
    const setup = rules(() => Promise.reject(failure));
    for (let n = 0; n < 3; n++) await deliver(delivered(1).message, setup.rules);
    expect(setup.logged).toEqual(['message handler failed']);
    failure = new TypeError('x is undefined');
    await deliver(delivered(1).message, setup.rules);
    expect(setup.logged).toHaveLength(2);
  });

  it('stores a dropped message as a dead letter, then terminates it without a reason', async () => {
    const { message, acks } = delivered(1);
    const setup = rules(() => Promise.resolve(drop('not a request\r\nInjected: yes', 'conflict')));
    await deliver(message, setup.rules);
    expect(acks).toEqual(['term']);
    expect(setup.letters).toHaveLength(1);
    expect(setup.letters[0]).toMatchObject({ subject: 'integrations.v1.dlq.worker', id: 'S:7:worker' });
    expect(setup.letters[0]!.body).toEqual(message.data);
    expect(reasonOf(setup.letters[0])).toBe('not a request Injected: yes');
    expect(setup.counted).toEqual(['conflict']);
  });

  it('names the trace of a message that fails or is dropped, and none if its header is malformed', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const traced = headers();
    traced.set('Traceparent', `00-${traceId}-00f067aa0ba902b7-01`);
    const malformed = headers();
    malformed.set('traceparent', traceId);
    for (const handler of [() => Promise.resolve(drop('not a request')), () => Promise.reject(new Error('away'))]) {
      const setup = rules(handler);
      await deliver(delivered(1, traced).message, setup.rules);
      expect(setup.fields).toMatchObject([{ durable: 'worker', sequence: 7, traceId }]);
      const other = rules(handler);
      await deliver(delivered(1, malformed).message, other.rules);
      expect(JSON.stringify(other.fields)).not.toContain(traceId);
    }
  });

  it('stores a message that fails at its last delivery as a dead letter with the error type, not its text', async () => {
    const { message, acks } = delivered(3);
    const setup = rules(() => Promise.reject(new TypeError('token ghp_secret refused')));
    await deliver(message, setup.rules);
    expect(acks).toEqual(['term']);
    expect(reasonOf(setup.letters[0])).toBe('given up after 3 deliveries, the last of which failed with TypeError');
    expect(setup.counted).toEqual(['given_up']);
  });

  it('stores a message whose handler wants a retry at the last delivery as a dead letter', async () => {
    const { message, acks } = delivered(3);
    const setup = rules(() => Promise.resolve(retry(10)));
    await deliver(message, setup.rules);
    expect(acks).toEqual(['term']);
    expect(reasonOf(setup.letters[0])).toBe('given up after 3 deliveries');
  });

  it('does not hand a message to its handler after the last delivery, since it may crash the process', async () => {
    const { message, acks } = delivered(4);
    const handler = jest.fn();
    const setup = rules(handler);
    await deliver(message, setup.rules);
    expect(handler).not.toHaveBeenCalled();
    expect(acks).toEqual(['term']);
    expect(reasonOf(setup.letters[0])).toBe('delivered 3 times without an outcome');
    expect(setup.counted).toEqual(['no_outcome']);
  });

  it('keeps a message whose dead letter could not be stored', async () => {
    const { message, acks } = delivered(1);
    const setup = rules(
      () => Promise.resolve(drop('bad')),
      () => Promise.reject(new Error('no stream')),
    );
    await deliver(message, setup.rules);
    expect(acks).toEqual([expect.stringMatching(/^nak \d+$/)]);
    expect(setup.logged).toEqual(['dead letter not stored; message kept']);
    expect(setup.counted).toEqual([]);
  });

  it('logs once that dead letters cannot be stored', async () => {
    const setup = rules(
      () => Promise.resolve(drop('bad')),
      () => Promise.reject(new Error('no room')),
    );
    for (let n = 0; n < 3; n++) await deliver(delivered(1).message, setup.rules);
    expect(setup.logged).toEqual(['dead letter not stored; message kept']);
  });

  it('extends the acknowledgement deadline while the handler runs, and no longer', async () => {
    const { message, acks } = delivered(1);
    await deliver(message, rules(() => new Promise((resolve) => setTimeout(() => resolve(done()), 110))).rules);
    expect(acks.slice(0, -1)).toContain('working');
    expect(acks.at(-1)).toBe('ack');
    const before = acks.length;
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(acks).toHaveLength(before);
  });

  it('extends the acknowledgement deadline until the dead letter is stored', async () => {
    const { message, acks } = delivered(1);
    const store = () => new Promise<void>((resolve) => setTimeout(resolve, 110));
    await deliver(message, rules(() => Promise.resolve(drop('bad')), store).rules);
    expect(acks.slice(0, -1)).toContain('working');
    expect(acks.at(-1)).toBe('term');
  });

  it("copies the message's headers to the dead letter, except those that JetStream would act on", async () => {
    const messageHeaders = headers();
    messageHeaders.set('tenant', 'acme');
    messageHeaders.set('Nats-Msg-Id', 'id-1');
    const { message } = delivered(1, messageHeaders);
    const setup = rules(() => Promise.resolve(drop('bad')));
    await deliver(message, setup.rules);
    const letter = setup.letters[0]!.headers;
    expect(letter.get('tenant')).toBe('acme');
    expect(letter.has('Nats-Msg-Id')).toBe(false);
    expect(letter.get(DEAD_LETTER_HEADERS.subject)).toBe('integrations.v1.annotate.acme.comment');
    expect(letter.get(DEAD_LETTER_HEADERS.deliveries)).toBe('1');
  });

  it('leaves out headers that would make the dead letter too large', async () => {
    const messageHeaders = headers();
    messageHeaders.set('huge', 'x'.repeat(100_000));
    const { message } = delivered(1, messageHeaders);
    const setup = rules(() => Promise.resolve(drop('r'.repeat(100_000))));
    await deliver(message, setup.rules);
    expect(Buffer.byteLength(String(setup.letters[0]!.headers))).toBeLessThan(2_000);
  });
});
