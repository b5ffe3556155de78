import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bus, done } from '@integrations/bus';
import { AGENT_STREAM, ANNOTATE_STREAM } from '@integrations/contracts';
import { type RunningNats, startNats } from '../../../scripts/stack/nats.ts';
import { freePorts } from '../../../scripts/stack/ports.ts';
import { eventually } from '../../support/eventually';
import { temporaryDirectory } from '../../support/temporary';

const MAY = 'subscribe: ["_INBOX.>"]';
const MAY_NOT = 'subscribe: ["nothing"]';
const dataDir = temporaryDirectory();
const logged: string[] = [];
let nats: RunningNats;
let bus: Bus;

beforeAll(async () => {
  const config = `accounts: { A: { jetstream: enabled, users: [{ user: app, password: p, permissions: { ${MAY} } }] } }`;
  nats = await startNats({ dataDir, port: await freePorts(1), config });
  const log = ({ err }: { err?: Error }, message: string) => void logged.push(`${message}: ${err?.name}`);
  const servers = nats.url.replace('//', '//app:p@');
  bus = await Bus.connect({ servers, name: 'app', logger: { warn: log, error: log } });
  await bus.ensureStreams();
});

afterAll(async () => {
  await bus.drain();
  await nats.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

it('the bus logs once that a stream cannot be read, though it keeps trying', async () => {
  let begun = 0;
  const follower = { began: () => void begun++, message: () => undefined, interrupted: () => undefined };
  const { stream, subjects } = { stream: ANNOTATE_STREAM.name, subjects: ANNOTATE_STREAM.subjects };
  bus.follow({ stream: AGENT_STREAM.name, filterSubject: AGENT_STREAM.subjects[0]!, follower });
  await bus.consume({ stream, durable: 'd', filterSubject: subjects[0]!, maxInFlight: 1, handler: async () => done() });
  await eventually('it to be followed', () => begun === 1);

  permit(MAY, MAY_NOT);
  await eventually('it to be refused', () => logged.length > 2);
  await sleep(5_000);
  permit(MAY_NOT, MAY);
  await eventually('it to be followed again', () => begun > 1);
  expect(logged).toEqual([...new Set(logged)]);
});

function permit(from: string, to: string): void {
  const file = join(dataDir, 'nats.conf');
  writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
  process.kill(nats.pid, 'SIGHUP');
}
