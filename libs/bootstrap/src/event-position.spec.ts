import { positionOf } from './event-position';

const INTEGRATION = '01890a5d-ac96-774b-bcce-b302099a8057';

describe('positionOf', () => {
  it('returns the position of an event in the sequence of its integration', () => {
    const event = { integrationId: INTEGRATION, sequence: 7, event: 'updated' };
    expect(positionOf(event)).toEqual({ integrationId: INTEGRATION, sequence: 7 });
  });

  it('returns a position under the nil integration for an event of the platform', () => {
    const platform = { integrationId: '00000000-0000-0000-0000-000000000000', sequence: 7 };
    expect(positionOf({ sequence: 7, event: 'prober_degraded' })).toEqual(platform);
  });

  it.each([
    null,
    'test',
    7,
    [],
    {},
    { integrationId: 'acme', sequence: 7 },
    { integrationId: 7, sequence: 7 },
    { integrationId: null, sequence: 7 },
    { integrationId: INTEGRATION, sequence: 1.5 },
    { integrationId: INTEGRATION, sequence: 1e300 },
    { integrationId: INTEGRATION, sequence: '7' },
  ])('returns null for %j, which is not one of our events', (body) => {
    expect(positionOf(body)).toBeNull();
  });
});
