import { readFileSync } from 'node:fs';
import { API_SCOPES, type ApiScope } from '@integrations/secrets';
import type { Browser } from 'playwright-core';
import { type AppProcess, runCli, startApp } from '../../support/app-process';
import { startChromium } from '../../support/chromium';
import { Platform } from '../platform';
import { Visitor } from './visitor';

const PULL_REQUEST = { owner: 'acme', repository: 'webshop', pullRequestNumber: 7 };

let browser: Browser;
let platform: Platform;
let apps: readonly AppProcess[];
let api: string;
let visitor: Visitor;

beforeAll(async () => {
  platform = await Platform.start();
  [browser, ...apps] = await Promise.all([
    startChromium(),
    startApp('catalog-api', platform.env),
    startApp('health-worker', platform.env),
    startApp('annotation-dispatcher', platform.env),
  ]);
  api = apps[0]!.url;
});

afterAll(async () => {
  await browser?.close();
  await Promise.all((apps ?? []).map((app) => app.stop()));
  await platform?.stop();
});

afterEach(async () => {
  expect(visitor.complaints).toEqual([]);
  await visitor.page.close();
});

describe('the console, in a browser', () => {
  it('lets nobody in without a valid token or after signing out', async () => {
    visitor = await Visitor.arrive(browser, api);
    await visitor.signIn('ist_wrong');
    await visitor.sees('the bearer token is not valid');
    await visitor.signIn(await platform.tokenFor('ada'));
    await visitor.seesHeading('Catalog');
    expect(visitor.page.url()).toBe(`${api}/console/integrations`);
    expect(await visitor.page.evaluate('document.cookie')).toBe('');

    await visitor.page.reload();
    await visitor.seesHeading('Catalog');
    await visitor.press('Sign out');
    await visitor.page.getByLabel('Token').waitFor();
    await visitor.page.reload();
    await visitor.page.getByLabel('Token').waitFor();
  });

  it('reports an invalid field, registers the integration once that is fixed, and shows its health', async () => {
    visitor = await signedIn();
    const { page } = visitor;
    await visitor.follow('New integration');
    await visitor.follow('In memory');
    await page.getByLabel('Name').fill('!');
    await visitor.press('Register');
    await visitor.sees('must be 1 to 100 letters, digits, spaces or ._()/- and begin with a letter or digit');
    expect(await page.getByLabel('Name').getAttribute('aria-invalid')).toBe('true');

    await page.getByLabel('Name').fill('Payments');
    await page.getByLabel('failWith').selectOption('permission_missing');
    await visitor.press('Test');
    await visitor.sees('scope_insufficient');
    await page.getByLabel('failWith').selectOption('not set');
    await visitor.press('Register');

    await visitor.seesHeading('Payments');
    await visitor.sees('healthy');
    await visitor.sees('Connected as');

    await visitor.follow('Catalog');
    await visitor.follow('1 healthy');
    await visitor.sees('1 is shown.');
    await visitor.follow('Payments');
  });

  it('edits, disables, deletes and restores an integration, and takes its posting offline', async () => {
    visitor = await signedIn('/console/integrations?q=payments');
    const { page } = visitor;
    await visitor.follow('Payments');
    await visitor.follow('Edit');
    await page.getByLabel('Description').fill('All about money');
    await visitor.press('Save');
    await page.getByRole('link', { name: 'Edit' }).waitFor();
    await visitor.sees('All about money');

    await visitor.press('Disable');
    await visitor.sees(/^disabled$/);
    await visitor.press('Enable');
    await page.getByRole('button', { name: 'Disable' }).waitFor();

    await visitor.press('Delete');
    await visitor.confirm('Delete');
    await visitor.press('Restore');
    await visitor.press('Take posting offline');
    await page.getByRole('button', { name: 'Take posting online' }).waitFor();
    expect((await platform.rest(api, 'GET', '/integrations?q=payments')).body.items).toMatchObject([
      { name: 'Payments', description: 'All about money', posting: 'offline', enabled: true },
    ]);
  });

  it('reports a concurrent change and overwrites nothing', async () => {
    visitor = await signedIn('/console/integrations?q=payments');
    await visitor.follow('Payments');
    await visitor.follow('Edit');
    await visitor.page.getByLabel('Description').waitFor();
    const shown = (await platform.rest(api, 'GET', '/integrations?q=payments')).body.items[0];
    const patch = await fetch(`${api}/api/v1/integrations/${shown.id}`, {
      method: 'PATCH',
      headers: {
        authorization: `Bearer ${await platform.tokenFor('bob')}`,
        'content-type': 'application/merge-patch+json',
        'if-match': `"g${shown.generation}"`,
      },
      body: '{"description":"By Bob"}',
    });
    expect(patch.status).toBe(200);
    await visitor.page.getByLabel('Description').fill('By Ada');
    await visitor.press('Save');
    await visitor.sees('Someone else has changed the integration');
    const now = await platform.rest(api, 'GET', `/integrations/${shown.id}`);
    expect(now.body.description).toBe('By Bob');
    await visitor.press('Load the new state and keep my changes');
    await visitor.press('Save');
    await visitor.sees('By Ada');
  });

  it('shows parked operations, replays them once posting is on again, and shows their state', async () => {
    const { id } = (await platform.rest(api, 'GET', '/integrations?q=payments')).body.items[0];
    const request = { integrationId: id, ...PULL_REQUEST, body: '<b>2</b> findings' };
    const [parked] = await platform.scanner([{ subject: 'integrations.v1.rpc.scm.comment', request }]);
    expect(parked).toMatchObject({ skippedOffline: true });

    visitor = await signedIn('/console/annotations/offline');
    await visitor.sees('1 parked');
    await visitor.page.getByRole('button', { name: /^Show/ }).click();
    await visitor.sees('<b>2</b> findings');
    const [file] = await Promise.all([visitor.page.waitForEvent('download'), visitor.press('Download')]);
    expect(readFileSync(await file.path(), 'utf8')).toContain(parked.operationId);
    await visitor.page.goto(`${api}/console/integrations/${id}`);
    await visitor.press('Take posting online');
    await visitor.page.getByRole('button', { name: 'Take posting offline' }).waitFor();
    await visitor.page.goto(`${api}/console/annotations/offline`);
    await visitor.press('Replay');
    await visitor.endSession();
    await visitor.confirm('Replay');
    await visitor.signIn(await platform.tokenFor('ada'));
    await visitor.confirm('Replay');
    await visitor.sees(/nothing is parked/i);

    await visitor.follow('Ledger');
    await visitor.page.getByRole('link', { name: 'comment', exact: true }).first().click();
    await visitor.sees('succeeded');
    expect(visitor.page.url()).toBe(`${api}/console/annotations/${parked.operationId}`);
  });

  it('keeps unsaved input when the session ends, for the same user only', async () => {
    visitor = await signedIn('/console/integrations/new?provider=in_memory');
    const { page } = visitor;
    await page.getByLabel('Name').fill('Half typed');
    await visitor.endSession();
    await visitor.press('Register');
    await visitor.signIn(await platform.tokenFor('ada'));
    await visitor.sees('Your input has been restored.');
    expect(await page.getByLabel('Name').inputValue()).toBe('Half typed');

    await visitor.endSession();
    await visitor.press('Register');
    await visitor.signIn(await platform.tokenFor('bob'));
    await visitor.seesHeading('New integration with In memory');
    expect(await page.getByLabel('Name').inputValue()).toBe('');
  });

  it('keeps the new session even if an older response arrives after signing in', async () => {
    const token = await platform.tokenFor('ada');
    visitor = await Visitor.arrive(browser, api);
    const { page } = visitor;
    await page.getByLabel('Token').waitFor();
    const answered = Promise.withResolvers<void>();
    const told = Promise.withResolvers<void>();
    const late = page.waitForRequest('**/console/session');
    await page.route('**/console/session', async (route) => {
      if (route.request().method() !== 'GET') return route.continue();
      const response = await route.fetch();
      await answered.promise;
      // The page may no longer be waiting for it.
      await route.fulfill({ response }).catch(() => undefined);
      told.resolve();
    });
    await page.evaluate('window.dispatchEvent(new Event("visibilitychange"))');
    await late;
    await visitor.signIn(token);
    await visitor.seesHeading('Catalog');
    answered.resolve();
    await told.promise;
    await visitor.follow('Audit');
    await visitor.seesHeading('Audit');
  });

  it('follows a new sign-in in every window', async () => {
    const context = await browser.newContext();
    visitor = await Visitor.arrive(context, api, '/console/integrations/new?provider=in_memory');
    await visitor.signIn(await platform.tokenFor('ada'));
    await visitor.page.getByLabel('Name').fill('Half typed');

    const other = await Visitor.arrive(context, api);
    await other.press('Sign out');
    await visitor.page.getByLabel('Token').waitFor();
    expect(await visitor.page.evaluate('sessionStorage.length')).toBe(0);
    await other.signIn(await platform.tokenFor('eve', API_SCOPES, 'globex'));
    await other.seesHeading('Catalog');
    // The first window is still open and has not been looked at since: requests from there are now sent as eve.
    await visitor.sees('globex');
    expect(await visitor.page.getByLabel('Name').inputValue()).toBe('');
    expect(other.complaints).toEqual([]);
    await context.close();
  });

  it('leaves no input in the browser after signing out', async () => {
    visitor = await signedIn('/console/integrations/new?provider=in_memory');
    await visitor.page.getByLabel('Name').fill('Half typed');
    await visitor.press('Sign out');
    await visitor.page.getByLabel('Token').waitFor();
    expect(await visitor.page.evaluate('sessionStorage.length')).toBe(0);
  });

  it('shows the name of a deleted integration everywhere, and finds it', async () => {
    const body = { name: 'Gone', type: 'scm', provider: 'in_memory' };
    const { id, generation } = (await platform.rest(api, 'POST', '/integrations', body)).body;
    const headers = {
      authorization: `Bearer ${await platform.tokenFor('ada')}`,
      'if-match': `"g${generation}"`,
    };
    expect((await fetch(`${api}/api/v1/integrations/${id}`, { method: 'DELETE', headers })).status).toBe(204);
    visitor = await signedIn(`/console/audit?integrationId=${id}`);
    await visitor.page.getByRole('link', { name: 'Gone', exact: true }).first().click();
    await visitor.seesHeading('Gone');
    await visitor.page.getByRole('button', { name: 'Restore' }).waitFor();
  });

  it('is served as a compressed production build below 170 kB', async () => {
    visitor = await Visitor.arrive(browser, api);
    const script = await visitor.page.locator('script[type="module"]').getAttribute('src');
    const { headers } = await fetch(`${api}${script}`);
    expect(headers.get('content-encoding')).toBe('gzip');
    expect(Number(headers.get('content-length'))).toBeLessThan(170_000);
  });

  it('reloads itself once when its files belong to another build', async () => {
    visitor = await signedIn();
    const { page } = visitor;
    let missing = 1;
    await page.route('**/console/assets/*.js', (route) =>
      missing-- > 0 ? route.fulfill({ status: 404 }) : route.continue(),
    );
    await page.reload();
    await visitor.seesHeading('Catalog');
    missing = 1;
    await page.reload();
    await visitor.sees('Part of the console could not be loaded');
    await visitor.press('Reload');
    await visitor.seesHeading('Catalog');
  });

  it('shows that it is loading until the first response arrives', async () => {
    visitor = await signedIn();
    const { page } = visitor;
    await visitor.seesHeading('Catalog');
    let answer = () => {};
    const answered = new Promise<void>((resolve) => (answer = resolve));
    await page.route('**/console/session', async (route) => {
      await answered;
      await route.continue();
    });
    await page.reload();
    await visitor.sees('Loading …');
    answer();
    await visitor.seesHeading('Catalog');
  });

  it('keeps its data on screen while the service is away, says so, and recovers by itself', async () => {
    visitor = await Visitor.arrive(browser, api);
    const { page } = visitor;
    await page.clock.install();
    await visitor.signIn(await platform.tokenFor('ada'));
    await visitor.sees('Payments');
    await page.route('**/api/v1/**', (route) => route.fulfill({ status: 503 }));
    // Refreshed every 15 seconds; each refresh gives up after three attempts.
    await page.clock.fastForward(15_000);
    await page.getByRole('alert').first().waitFor();
    await visitor.sees('Payments');
    await page.unroute('**/api/v1/**');
    await page.clock.fastForward(15_000);
    await page.getByRole('alert').waitFor({ state: 'detached' });
  });

  it('shows the audit trail with its actors, and verifies it', async () => {
    visitor = await signedIn('/console/audit', ['audit:read']);
    await visitor.sees('integration.registered');
    await visitor.press('Verify');
    await visitor.sees(/The chain is intact up to position \d+/);
  });

  it('offers only what the scopes of the token allow', async () => {
    visitor = await signedIn('/console/', ['integrations:read']);
    await visitor.follow('Payments');
    await visitor.seesHeading('Payments');
    for (const act of ['Disable', 'Delete', 'Test now']) {
      expect(await visitor.page.getByRole('button', { name: act }).count()).toBe(0);
    }
    expect(await visitor.page.getByRole('link', { name: 'Audit' }).count()).toBe(0);
  });

  it('shows nothing of another tenant', async () => {
    const { id } = (await platform.rest(api, 'GET', '/integrations?q=payments')).body.items[0];
    const eve = ['--name', 'eve', '--scope', 'integrations:read', '--tenant', 'globex'];
    visitor = await Visitor.arrive(browser, api);
    await visitor.signIn(await runCli(['token', 'create', ...eve], platform.env));
    await visitor.sees('No integration is registered yet.');
    await visitor.page.goto(`${api}/console/integrations/${id}`);
    await visitor.sees(/no such integration|does not exist|unknown/i);
    expect(await visitor.page.getByText('Payments').count()).toBe(0);
  });

  it('ends the session with its token, whatever page is open', async () => {
    const token = await platform.tokenFor('carol');
    visitor = await Visitor.arrive(browser, api, '/console/annotations');
    await visitor.signIn(token);
    await visitor.seesHeading('Annotations');
    await platform.revokeTokenOf('carol');
    // As if the user returned to the window.
    await visitor.page.evaluate('window.dispatchEvent(new Event("visibilitychange"))');
    await visitor.page.getByLabel('Token').waitFor();
  });
});

async function signedIn(path = '/console/', scopes?: readonly ApiScope[]): Promise<Visitor> {
  const arrived = await Visitor.arrive(browser, api, path);
  await arrived.signIn(await platform.tokenFor('ada', scopes));
  return arrived;
}
