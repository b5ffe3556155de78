import { AgentHeartbeat, BEAT_KEPT_DAYS, MAX_AGENTS } from '@integrations/contracts';
import { AgentBeats } from './agent-beats';
import type { TakenBeat } from './read-beat';

/** The server's clock when a test begins; the worker's monotonic clock differs from it. */
const SERVER = Date.UTC(2026, 2, 1, 12);
let now: number;
let beats: AgentBeats;

beforeEach(() => {
  now = 5_000;
  beats = new AgentBeats(() => now);
});

const at = (ms: number) => new Date(SERVER + ms);
const acme = () => beats.ofTenant('acme');

describe('AgentBeats', () => {
  it('gives the newest beat of an agent, its age and how far the clock of the agent is off', () => {
    beats.begin(at(0));
    beats.hear('acme', 'web-1', beat({ sentAt: at(-61_000) }), at(-60_000));
    beats.hear('acme', 'web-1', beat({ sentAt: at(-5_000), version: '2' }), at(-10_000));
    now += 1_500;

    expect(acme().latest('web-1')).toMatchObject({
      ...{ ageMs: 11_500, clockSkewMs: 5_000 },
      beat: { agent: { version: '2' } },
    });
    expect(acme().latest('web-2')).toBeNull();
  });

  it('keeps tenants apart', () => {
    beats.begin(at(0));
    beats.hear('globex', 'web-1', beat(), at(0));

    expect(acme().latest('web-1')).toBeNull();
    expect(beats.ofTenant('globex').latest('web-1')).not.toBeNull();
  });

  it('is heard from when it began until it is interrupted, and beats age meanwhile', () => {
    expect(acme().heardForMs()).toBeNull();
    beats.begin(at(0));
    beats.hear('acme', 'web-1', beat(), at(0));
    now += 2_000;
    expect(acme().heardForMs()).toBe(2_000);
    beats.interrupt();
    now += 3_000;
    expect(acme().heardForMs()).toBeNull();
    expect(acme().latest('web-1')).toMatchObject({ ageMs: 5_000 });
    beats.begin(at(5_000));
    now += 1_000;
    expect(acme().heardForMs()).toBe(1_000);
    expect(acme().latest('web-1')).toMatchObject({ ageMs: 6_000 });
  });

  it('takes an arriving beat as new, however the clock of the server is set meanwhile', () => {
    beats.begin(at(0));
    now += 100;
    beats.hear('acme', 'web-1', beat(), at(3_600_000));
    now += 100;
    expect(acme().latest('web-1')).toMatchObject({ ageMs: 100, clockSkewMs: -3_600_000 });
  });

  it('counts the age of beats that it reads again by the clock of the server that it is connected to now', () => {
    beats.begin(at(3_600_000)); // one whose clock is an hour fast
    beats.interrupt();
    beats.begin(at(2_000));
    beats.hear('acme', 'web-1', beat(), at(0));

    expect(acme().latest('web-1')).toMatchObject({ ageMs: 2_000 });
  });

  it('doubts itself when none of at least twenty agents reports any more', () => {
    beats.begin(at(0));
    for (let n = 0; n < 19; n++) beats.hear('acme', `web-${n}`, beat(), at(0));
    now += 80_001;
    expect(acme().heardForMs()).toBe(80_001);

    beats.hear('globex', 'web-19', beat(), at(80_001));
    now += 80_000;
    expect(acme().heardForMs()).toBe(160_001);
    now += 1;
    expect(acme().heardForMs()).toBeNull();

    beats.hear('acme', 'web-3', beat(), at(160_002));
    expect(acme().heardForMs()).toBe(160_002);
  });

  it('forgets those that were silent for as long as the stream keeps a beat', () => {
    beats.begin(at(0));
    beats.hear('acme', 'gone', beat(), at(0));
    now += 1;
    beats.hear('acme', 'quiet', beat(), at(1));
    now += BEAT_KEPT_DAYS * 86_400_000;
    beats.hear('acme', 'new', beat(), at(0));

    expect(acme().latest('gone')).toBeNull();
    expect(acme().latest('quiet')).not.toBeNull();
  });

  it('forgets those that were silent the longest when there are too many', () => {
    beats.begin(at(0));
    const same = beat();
    for (let n = 0; n < MAX_AGENTS; n++) beats.hear('acme', `a${n}`, same, at(0));
    beats.hear('acme', 'a0', same, at(0));
    beats.hear('acme', 'new', same, at(0));

    expect(acme().latest('a0')).not.toBeNull();
    expect(acme().latest('new')).not.toBeNull();
    expect(acme().latest('a1')).toBeNull();
    expect(acme().latest('a2')).not.toBeNull();
  });
});

function beat({ sentAt = at(0), version = '1' } = {}): TakenBeat {
  const host = { name: 'web-1', os: 'linux', arch: 'amd64' };
  const said = { sentAt: sentAt.toISOString(), intervalSeconds: 30, agent: { version }, host };
  return { beat: Object.assign(new AgentHeartbeat(), said), facts: 'whatever' };
}
