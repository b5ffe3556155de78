import { positionOf } from './event-position';

const INTEGRATION = '01890a5d-ac96-774b-bcce-b302099a8057';

describe('positionOf', () => {
  it('is that of an event among those of its integration', () => {
    const event = { integrationId: INTEGRATION, sequence: 7, event: 'updated' };
    expect(positionOf(event)).toEqual({ integrationId: INTEGRATION, sequence: 7 });
  });

  it('is among those of no integration for an event of the platform', () => {
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
  ])('is none for %j, which nobody of us has published', (body) => {
    expect(positionOf(body)).toBeNull();
  });
});
