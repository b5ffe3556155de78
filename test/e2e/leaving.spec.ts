import { startApp } from '../support/app-process';
import { Platform } from './platform';

describe('catalog-api after SIGTERM', () => {
  let platform: Platform;

  beforeAll(async () => void (platform = await Platform.start()));
  afterAll(() => platform.stop());

  it('first reports not ready and closes connections after their responses, still serves requests, and then exits', async () => {
    const app = await startApp('catalog-api', { ...platform.env, SHUTDOWN_DELAY_MS: '2000' });
    const told = performance.now();
    const ended = app.stop();
    const ready = await notReady(app.url);
    expect(await ready.json()).toMatchObject({ error: { shutdown: { status: 'down' } } });
    expect((await platform.rest(app.url, 'GET', '/integrations')).status).toBe(200);
    expect((await fetch(`${app.url}/health/live`)).headers.get('connection')).toBe('close');
    expect(await ended).toBe(0);
    expect(performance.now() - told).toBeGreaterThan(2_000);
  });
});

/** Polls, because the signal takes a moment to arrive. */
async function notReady(url: string): Promise<Response> {
  for (;;) {
    const response = await fetch(`${url}/health/ready`);
    if (!response.ok) return response;
  }
}
