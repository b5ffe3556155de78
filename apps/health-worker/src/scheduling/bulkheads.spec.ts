import { Bulkheads } from './bulkheads';

const LIMITS = { ofProvider: 16, ofHost: 4, ofResults: 100 };
const QUICK = { provider: 'forge', slow: false };

let bulkheads: Bulkheads;
let hosts = 0;

beforeEach(() => {
  bulkheads = new Bulkheads(['forge', 'other'], LIMITS);
});

function enter(count: number, lane = QUICK) {
  const places = Array.from({ length: count }, () => ({ ...lane, host: `host${(hosts += 1)}.example` }));
  for (const place of places) bulkheads.enter(place);
  return places;
}

function limitOf(lane: { provider: string; slow: boolean }): number | undefined {
  return bulkheads.wanted().find(({ provider, slow }) => provider === lane.provider && slow === lane.slow)?.limit;
}

async function isRoomFreed(): Promise<boolean> {
  return Promise.race([bulkheads.roomFreed().then(() => true), Promise.resolve().then(() => false)]);
}

it('gives slow targets places of their own, an eighth of the others on top', () => {
  const slow = { provider: 'forge', slow: true };
  expect(limitOf(slow)).toBe(2);
  enter(2, slow);
  expect(limitOf(slow)).toBeUndefined();
  expect(limitOf(QUICK)).toBe(16);
  expect(limitOf({ provider: 'other', slow: true })).toBe(2);
  enter(16);
  expect(limitOf(QUICK)).toBeUndefined();
  expect(bulkheads.inFlight('forge')).toBe(18);
  expect(bulkheads.inFlight('other')).toBe(0);
});

it('keeps a place for slow targets even if there are few places', () => {
  bulkheads = new Bulkheads(['forge'], { ...LIMITS, ofProvider: 1 });
  expect(bulkheads.wanted().map(({ limit }) => limit)).toEqual([1, 1]);
});

it('wants at most half as many probes at once as results may wait, so that probing and writing overlap', () => {
  bulkheads = new Bulkheads(['forge'], { ...LIMITS, ofResults: 10 });
  expect(limitOf(QUICK)).toBe(5);
  enter(13);
  expect(limitOf(QUICK)).toBe(3);
});

it('waits until half of the places are free, if more probes may be due', async () => {
  bulkheads.wanted();
  const places = enter(16);
  bulkheads.exhausted(QUICK);
  for (const place of places.slice(0, 7)) bulkheads.leave(place);
  expect(await isRoomFreed()).toBe(false);
  bulkheads.leave(places[7]!);
  expect(await isRoomFreed()).toBe(true);
  bulkheads.wanted();
  expect(await isRoomFreed()).toBe(false);
});

it('waits until half of the places are free, if none was', async () => {
  const places = enter(16);
  expect(limitOf(QUICK)).toBeUndefined();
  for (const place of places.slice(0, 7)) bulkheads.leave(place);
  expect(await isRoomFreed()).toBe(false);
  bulkheads.leave(places[7]!);
  expect(await isRoomFreed()).toBe(true);
});

it('does not wait if the places were free again before anybody asked', async () => {
  bulkheads.wanted();
  for (const place of enter(16)) bulkheads.leave(place);
  bulkheads.exhausted(QUICK);
  expect(await isRoomFreed()).toBe(true);
});

it('does not hurry while there are fewer due probes than places', async () => {
  bulkheads.wanted();
  for (const place of enter(10)) bulkheads.leave(place);
  expect(await isRoomFreed()).toBe(false);
});

it('waits for a host that had more probes due', async () => {
  const place = { ...QUICK, host: 'crowded.example' };
  for (let n = 0; n < 4; n++) bulkheads.enter(place);
  bulkheads.crowded(place.host);
  bulkheads.leave(place);
  expect(await isRoomFreed()).toBe(false);
  bulkheads.leave(place);
  expect(await isRoomFreed()).toBe(true);
  expect(bulkheads.running()).toEqual([{ host: place.host, probes: 2 }]);
  bulkheads.leave(place);
  expect(bulkheads.running()).toEqual([{ host: place.host, probes: 1 }]);
  bulkheads.leave(place);
  expect(bulkheads.running()).toEqual([]);
});

it('wants nothing while too many results wait, until half of them are written', async () => {
  for (let n = 0; n < 100; n++) bulkheads.found();
  expect(bulkheads.wanted()).toEqual([]);
  bulkheads.settled(49);
  expect(await isRoomFreed()).toBe(false);
  bulkheads.settled(1);
  expect(await isRoomFreed()).toBe(true);
  expect(limitOf(QUICK)).toBe(16);
});

it('does not wait for a host whose probes had all ended when it turned out to have more due', async () => {
  const place = { ...QUICK, host: 'crowded.example' };
  bulkheads.wanted();
  bulkheads.enter(place);
  bulkheads.leave(place);
  bulkheads.crowded(place.host);
  expect(await isRoomFreed()).toBe(true);
});
