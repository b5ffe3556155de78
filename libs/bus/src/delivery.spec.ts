import { RecurringFailure } from '@integrations/telemetry';
import type { JsMsg } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import { DEAD_LETTER_HEADERS } from './dead-letter';
import { deliver, type DeliveryRules } from './delivery';
import { done, drop, retry } from './outcome';
import type { RawMessage } from './raw-message';

/** A message on its `deliveryCount`-th delivery, and the acknowledgements sent to the server. */
function delivered(deliveryCount: number, own = headers()) {
  const said: string[] = [];
  const message = {
    subject: 'integrations.v1.annotate.acme.comment',
    data: new TextEncoder().encode('{"x":1}'),
    headers: own,
    seq: 7,
    time: new Date(0),
    info: { deliveryCount, stream: 'S' },
    ack: () => said.push('ack'),
    nak: (ms: number) => said.push(`nak ${ms}`),
    term: (reason?: string) => said.push(reason === undefined ? 'term' : 'term with reason'),
    working: () => said.push('working'),
  };
  return { message: message as unknown as JsMsg, said };
}

function rules(handler: DeliveryRules['handler'], publish?: DeliveryRules['publish']) {
  const letters: RawMessage[] = [];
  const logged: string[] = [];
  const counted: string[] = [];
  const onDeadLetter = (code: string) => void counted.push(code);
  const log = (_fields: object, message: string) => void logged.push(message);
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
  return { letters, logged, counted, rules: { ...all, publish: store } };
}

const reasonOf = (letter: RawMessage | undefined) => letter?.headers.get(DEAD_LETTER_HEADERS.reason);

describe('deliver', () => {
  it('acknowledges what is done', async () => {
    const { message, said } = delivered(1);
    await deliver(message, rules(() => Promise.resolve(done())).rules);
    expect(said).toEqual(['ack']);
  });

  it('acknowledges what is done at the last delivery', async () => {
    const { message, said } = delivered(3);
    const given = rules(() => Promise.resolve(done()));
    await deliver(message, given.rules);
    expect(said).toEqual(['ack']);
    expect(given.letters).toEqual([]);
  });

  it('asks for a retry after the time the handler names', async () => {
    const { message, said } = delivered(1);
    await deliver(message, rules(() => Promise.resolve(retry(1_500.4))).rules);
    expect(said).toEqual(['nak 1500']);
  });

  it('asks for a later retry when the handler throws, and tells the log', async () => {
    const { message, said } = delivered(2);
    const given = rules(() => Promise.reject(new Error('database away')));
    await deliver(message, given.rules);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^nak (1\d{3}|2000)$/);
    expect(given.logged).toEqual(['message handler failed']);
  });

  it('tells the log once of what fails with each message, and of another failure by itself', async () => {
    let failure = new Error('database away');
    const given = rules(() => Promise.reject(failure));
    for (let n = 0; n < 3; n++) await deliver(delivered(1).message, given.rules);
    expect(given.logged).toEqual(['message handler failed']);
    failure = new TypeError('x is undefined');
    await deliver(delivered(1).message, given.rules);
    expect(given.logged).toHaveLength(2);
  });

  it('puts away what the handler drops, then terminates it without a reason', async () => {
    const { message, said } = delivered(1);
    const given = rules(() => Promise.resolve(drop('not a request\r\nInjected: yes', 'conflict')));
    await deliver(message, given.rules);
    expect(said).toEqual(['term']);
    expect(given.letters).toHaveLength(1);
    expect(given.letters[0]).toMatchObject({ subject: 'integrations.v1.dlq.worker', id: 'S:7:worker' });
    expect(given.letters[0]!.body).toEqual(message.data);
    expect(reasonOf(given.letters[0])).toBe('not a request Injected: yes');
    expect(given.counted).toEqual(['conflict']);
  });

  it('puts away what fails for the last time, naming the kind of error but not its message', async () => {
    const { message, said } = delivered(3);
    const given = rules(() => Promise.reject(new TypeError('token ghp_secret refused')));
    await deliver(message, given.rules);
    expect(said).toEqual(['term']);
    expect(reasonOf(given.letters[0])).toBe('given up after 3 deliveries, the last of which failed with TypeError');
    expect(given.counted).toEqual(['given_up']);
  });

  it('puts away what asks for one retry too many', async () => {
    const { message, said } = delivered(3);
    const given = rules(() => Promise.resolve(retry(10)));
    await deliver(message, given.rules);
    expect(said).toEqual(['term']);
    expect(reasonOf(given.letters[0])).toBe('given up after 3 deliveries');
  });

  it('does not hand a message to a handler that it took down with it each time before', async () => {
    const { message, said } = delivered(4);
    const handler = jest.fn();
    const given = rules(handler);
    await deliver(message, given.rules);
    expect(handler).not.toHaveBeenCalled();
    expect(said).toEqual(['term']);
    expect(reasonOf(given.letters[0])).toBe('delivered 3 times without an outcome');
    expect(given.counted).toEqual(['no_outcome']);
  });

  it('keeps a message whose dead letter could not be stored', async () => {
    const { message, said } = delivered(1);
    const given = rules(
      () => Promise.resolve(drop('bad')),
      () => Promise.reject(new Error('no stream')),
    );
    await deliver(message, given.rules);
    expect(said).toEqual([expect.stringMatching(/^nak \d+$/)]);
    expect(given.logged).toEqual(['dead letter not stored; message kept']);
    expect(given.counted).toEqual([]);
  });

  it('tells the log once of dead letters that cannot be stored', async () => {
    const given = rules(
      () => Promise.resolve(drop('bad')),
      () => Promise.reject(new Error('no room')),
    );
    for (let n = 0; n < 3; n++) await deliver(delivered(1).message, given.rules);
    expect(given.logged).toEqual(['dead letter not stored; message kept']);
  });

  it('keeps a message alive while its handler works, and no longer', async () => {
    const { message, said } = delivered(1);
    await deliver(message, rules(() => new Promise((resolve) => setTimeout(() => resolve(done()), 110))).rules);
    expect(said.slice(0, -1)).toContain('working');
    expect(said.at(-1)).toBe('ack');
    const before = said.length;
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(said).toHaveLength(before);
  });

  it('keeps a message alive, and is under way, until its dead letter is stored', async () => {
    const { message, said } = delivered(1);
    const store = () => new Promise<void>((resolve) => setTimeout(resolve, 110));
    await deliver(message, rules(() => Promise.resolve(drop('bad')), store).rules);
    expect(said.slice(0, -1)).toContain('working');
    expect(said.at(-1)).toBe('term');
  });

  it("passes a message's own headers on, but not those that JetStream would obey again", async () => {
    const own = headers();
    own.set('tenant', 'acme');
    own.set('Nats-Msg-Id', 'id-1');
    const { message } = delivered(1, own);
    const given = rules(() => Promise.resolve(drop('bad')));
    await deliver(message, given.rules);
    const letter = given.letters[0]!.headers;
    expect(letter.get('tenant')).toBe('acme');
    expect(letter.has('Nats-Msg-Id')).toBe(false);
    expect(letter.get(DEAD_LETTER_HEADERS.subject)).toBe('integrations.v1.annotate.acme.comment');
    expect(letter.get(DEAD_LETTER_HEADERS.deliveries)).toBe('1');
  });

  it('leaves headers behind that would make the dead letter too large', async () => {
    const own = headers();
    own.set('huge', 'x'.repeat(100_000));
    const { message } = delivered(1, own);
    const given = rules(() => Promise.resolve(drop('r'.repeat(100_000))));
    await deliver(message, given.rules);
    expect(Buffer.byteLength(String(given.letters[0]!.headers))).toBeLessThan(2_000);
  });
});
