import { Bus, type BusMessage, type Follower } from '@integrations/bus';
import { AGENT_STREAM, agentHeartbeatSubject, MAX_BEAT_BYTES } from '@integrations/contracts';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { until } from '../../../scripts/stack/child';
import { startTestNats, type TestNats } from '../../support/nats';

/** A follower that records its calls in order. */
class Notes implements Follower {
  readonly told: string[] = [];
  serverNow = 0;

  constructor(private readonly onMessage: (message: BusMessage) => void = () => undefined) {}

  began(serverNow: Date): void {
    this.serverNow = serverNow.getTime();
    this.told.push('began');
  }

  message(message: BusMessage): void {
    this.told.push(`${message.subject.split('.')[4]} ${new TextDecoder().decode(message.body)}`);
    this.onMessage(message);
  }

  interrupted(): void {
    this.told.push('interrupted');
  }
}

let nats: TestNats;
let agent: NatsConnection;
let bus: Bus;

beforeAll(async () => {
  nats = await startTestNats();
  agent = await connect({ servers: nats.url, reconnectTimeWait: 50, maxReconnectAttempts: -1 });
});

beforeEach(async () => {
  bus = await Bus.connect({ servers: nats.url, name: 'test' });
  await bus.ensureStreams();
  await (await jetstreamManager(agent)).streams.purge(AGENT_STREAM.name);
});

afterEach(() => bus.drain());

afterAll(async () => {
  await agent.close();
  await nats.stop();
});

/** Publishes without an acknowledgement, as agents do. */
const report = (agentId: string, body: string) => agent.publish(agentHeartbeatSubject('acme', agentId), body);
const stored = async () => (await (await jetstreamManager(agent)).streams.info(AGENT_STREAM.name)).state.messages;

function follow(notes: Notes): Notes {
  bus.follow({ stream: AGENT_STREAM.name, filterSubject: AGENT_STREAM.subjects[0]!, follower: notes });
  return notes;
}

it("follow delivers the newest message of each subject, then each new one, with the server's clock", async () => {
  report('a', '1');
  report('b', '1');
  report('a', '2');
  await until(async () => expect(await stored()).toBe(2));
  const before = Date.now();
  const arrived: number[] = [];
  const notes = follow(new Notes((message) => arrived.push(message.publishedAt.getTime())));
  await until(() => expect(notes.told).toEqual(['began', 'b 1', 'a 2']));
  report('b', '2');
  await until(() => expect(notes.told.slice(3)).toEqual(['b 2']));
  expect(notes.serverNow).toBeGreaterThanOrEqual(before - 1_000);
  expect(arrived.every((at) => Math.abs(at - Date.now()) < 30_000)).toBe(true);
});

it('follow skips a message too large to be a heartbeat', async () => {
  const notes = follow(new Notes());
  report('huge', 'x'.repeat(MAX_BEAT_BYTES + 1_000));
  report('a', '1');
  await until(() => expect(notes.told).toContain('a 1'));
  expect(notes.told).toEqual(['began', 'a 1']);
});

it('heartbeats are not acknowledged, even when the agent names a reply subject', async () => {
  const acknowledged: string[] = [];
  const watching = agent.subscribe('integrations.v1.>', {
    callback: (_, message) => void (message.string().includes('"stream"') && acknowledged.push(message.subject)),
  });
  for (const body of ['1', 'x'.repeat(MAX_BEAT_BYTES + 1_000)]) {
    agent.publish(agentHeartbeatSubject('acme', 'a'), body, { reply: 'integrations.v1.evt.rival.scm.x.deleted' });
  }
  report('b', '1');
  await until(async () => expect(await stored()).toBe(2));
  await agent.flush();
  watching.unsubscribe();
  expect(acknowledged).toEqual([]);
});

it('follow continues after its follower has thrown', async () => {
  const notes = follow(
    new Notes(() => {
      throw new Error('not today');
    }),
  );
  report('a', '1');
  report('b', '1');
  await until(() => expect(notes.told).toEqual(['began', 'a 1', 'b 1']));
});

it('follow reports an interruption while the server is away, and begins again when it is back', async () => {
  report('a', '1');
  const notes = follow(new Notes());
  await until(() => expect(notes.told).toEqual(['began', 'a 1']));
  await nats.restart();
  await until(() => expect(notes.told.slice(2)).toEqual(['interrupted', 'began', 'a 1']));
  await until(async () => {
    report('a', '2');
    expect(notes.told).toContain('a 2');
  });
});

it('follow recreates a deleted stream', async () => {
  const notes = follow(new Notes());
  await until(() => expect(notes.told).toEqual(['began']));
  await (await jetstreamManager(agent)).streams.delete(AGENT_STREAM.name);
  // The server may not report a deleted stream. Two missed heartbeats, after ten seconds, then reveal it.
  await until(() => expect(notes.told.slice(1)).toEqual(['interrupted', 'began']));
  report('a', '1');
  await until(() => expect(notes.told.at(-1)).toBe('a 1'));
});

it('follow reports an interruption while the stream is gone, and follows the new one', async () => {
  const notes = follow(new Notes());
  await until(() => expect(notes.told).toEqual(['began']));
  await (await jetstreamManager(agent)).streams.delete(AGENT_STREAM.name);
  await until(() => expect(notes.told).toContain('interrupted'));
  await bus.ensureStreams();
  await until(() => expect(notes.told.at(-1)).toBe('began'));
  report('a', '1');
  await until(() => expect(notes.told.at(-1)).toBe('a 1'));
});
