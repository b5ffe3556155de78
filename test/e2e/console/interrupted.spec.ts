import type { Route } from 'playwright-core';
import { Stand } from './stand';
import { Visitor } from './visitor';

const stand = new Stand();
let visitor: Visitor;

beforeAll(() => stand.start());

afterAll(() => stand.stop());

afterEach(async () => {
  expect(visitor.complaints).toEqual([]);
  await visitor.page.close();
});

describe('the console, when the session ends during an action', () => {
  it('says that the action was not carried out, and restores the dialog with its input', async () => {
    const id = await stand.platform.register(stand.app.url, 'Maintained');
    visitor = await stand.signedIn(`/console/integrations/${id}`);
    const { page } = visitor;
    await visitor.press('Start maintenance');
    await page.getByLabel('Ends').selectOption('2 hours from now');
    await page.getByLabel('Reason').fill('New disks');
    await visitor.endSession();
    await visitor.confirm('Start');
    await visitor.sees('Your session has ended');
    await visitor.sees('Your last action was not carried out.');

    await visitor.signIn(await stand.platform.tokenFor('ada'));
    await visitor.sees('Your input has been restored.');
    expect(await page.getByLabel('Ends').inputValue()).toBe('120');
    expect(await page.getByLabel('Reason').inputValue()).toBe('New disks');
    await visitor.confirm('Start');
    await visitor.sees(/Maintenance ends.*New disks/);
  });

  it('overwrites no change made by someone else before the dialog was restored', async () => {
    const id = await stand.platform.register(stand.app.url, 'Overtaken');
    visitor = await stand.signedIn(`/console/integrations/${id}`);
    await visitor.press('Start maintenance');
    await visitor.endSession();
    await visitor.confirm('Start');
    await visitor.sees('Your session has ended');
    expect((await stand.platform.rest(stand.app.url, 'POST', `/integrations/${id}/disable`)).status).toBe(200);

    await visitor.signIn(await stand.platform.tokenFor('ada'));
    await visitor.confirm('Start');
    await visitor.sees('The integration has changed');
    expect((await stand.platform.rest(stand.app.url, 'GET', `/integrations/${id}`)).body.maintenance).toBeNull();
  });

  it('overwrites no change made by someone else to the integration being edited', async () => {
    const id = await stand.platform.register(stand.app.url, 'Edited by two');
    visitor = await stand.signedIn(`/console/integrations/${id}/edit`);
    const description = visitor.page.getByLabel('Description');
    await description.fill('By Ada');
    await visitor.endSession();
    await visitor.press('Save');
    await visitor.sees('Your last action was not carried out.');
    await change(id, 'PATCH', '', { description: 'By Bob' });

    await visitor.signIn(await stand.platform.tokenFor('ada'));
    await visitor.sees('Your input has been restored.');
    await visitor.press('Save');
    await visitor.sees('Someone else has changed the integration.');
    expect((await stand.platform.rest(stand.app.url, 'GET', `/integrations/${id}`)).body.description).toBe('By Bob');
    await visitor.press('Load the new state and keep my changes');
    await visitor.press('Save');
    await visitor.seesHeading('Edited by two');
    await visitor.sees('By Ada');
  });

  it('reports no conflict to a user who had typed nothing', async () => {
    const id = await stand.platform.register(stand.app.url, 'Edited by one');
    visitor = await stand.signedIn(`/console/integrations/${id}/edit`);
    await visitor.page.getByLabel('Description').waitFor();
    await visitor.endSession();
    await visitor.press('Test');
    await visitor.sees('Your session has ended');
    await change(id, 'PATCH', '', { description: 'By Bob' });

    await visitor.signIn(await stand.platform.tokenFor('ada'));
    await visitor.page.getByLabel('Tags').fill('ours');
    await visitor.press('Save');
    await visitor.seesHeading('Edited by one');
    await visitor.sees('By Bob');
  });

  it('asks again before deleting, and checks the state shown at the first question', async () => {
    const id = await stand.platform.register(stand.app.url, 'To delete');
    visitor = await stand.signedIn(`/console/integrations/${id}`);
    await visitor.press('Delete');
    await isAskedAgain('Delete');
    await change(id, 'POST', '/disable');
    await visitor.confirm('Delete');
    await visitor.sees('The integration has changed');
    await visitor.press('Delete');
    await visitor.confirm('Delete');

    await visitor.press('Purge');
    await isAskedAgain('Purge');
    await visitor.confirm('Purge');
    await visitor.page.waitForURL('**/console/integrations?deleted=true');
  });

  it('asks again before removing a dependent', async () => {
    const id = await stand.platform.register(stand.app.url, 'Relied on no more');
    await stand.platform.rest(stand.app.url, 'PUT', `/integrations/${id}/dependents/scheduler`, {});
    visitor = await stand.signedIn(`/console/integrations/${id}/dependents`);
    await visitor.press('Remove scheduler');
    await isAskedAgain('Remove');
    await visitor.confirm('Remove');
    await visitor.sees('No consumer depends on this integration.');
  });

  it('does not show the question to another user', async () => {
    visitor = await stand.signedIn(
      `/console/integrations/${await stand.platform.register(stand.app.url, 'Not theirs')}`,
    );
    await visitor.press('Delete');
    await visitor.endSession();
    await visitor.confirm('Delete');
    await visitor.signIn(await stand.platform.tokenFor('bob'));
    await visitor.page.getByRole('button', { name: 'Delete' }).waitFor();
    expect(await visitor.page.getByRole('dialog').count()).toBe(0);
  });

  it('keeps a dependent that was about to be added', async () => {
    visitor = await stand.signedIn(
      `/console/integrations/${await stand.platform.register(stand.app.url, 'Relied on')}/dependents`,
    );
    const { page } = visitor;
    await page.getByLabel('Consumer').fill('scheduler');
    await page.getByLabel('Note').fill('Nightly scans');
    await visitor.endSession();
    await visitor.press('Add');
    await visitor.signIn(await stand.platform.tokenFor('ada'));
    await visitor.sees('Your input has been restored.');
    await visitor.press('Add');
    await page.getByRole('rowheader', { name: 'scheduler' }).waitFor();
    await visitor.sees('Nightly scans');
  });

  it('also says so when a refresh of the page noticed the end of the session first', async () => {
    const id = await stand.platform.register(stand.app.url, 'Looked at');
    visitor = await stand.signedIn(`/console/integrations/${id}`);
    const noticed = Promise.withResolvers<void>();
    await visitor.page.route('**/disable', async (route) => {
      await noticed.promise;
      await route.continue();
    });
    await visitor.press('Disable');
    await visitor.page.context().clearCookies();
    await visitor.sees('Your session has ended');
    noticed.resolve();
    await visitor.sees('Your last action was not carried out.');
  });

  it('offers a reload behind a proxy that signs users in, since scripts cannot follow its redirect', async () => {
    const id = await stand.platform.register(stand.app.url, 'Behind a proxy');
    visitor = await stand.signedIn(`/console/integrations/${id}/edit`);
    const { page } = visitor;
    await page.getByLabel('Description').fill('By Ada');
    const paths = /\/(api\/v1|console\/session)\//;
    await page.route(paths, (route) =>
      route.request().headers()['accept'] === 'application/json'
        ? route.fulfill({ status: 401, json: {} })
        : route.fulfill({ status: 302, headers: { location: 'https://idp.example/' } }),
    );
    await visitor.press('Save');
    await visitor.sees('Your last action was not carried out.');
    await visitor.sees('The proxy in front of this service asks you to sign in.');
    await page.unroute(paths);
    await visitor.press('Reload the page');
    await visitor.sees('Your input has been restored.');
    await visitor.press('Save');
    await visitor.sees('By Ada');
  });

  it('mentions no action when nothing was changed, and shows nothing after signing out', async () => {
    visitor = await stand.signedIn('/console/integrations');
    await visitor.seesHeading('Catalog');
    await visitor.page.context().clearCookies();
    await visitor.follow('Audit');
    await visitor.sees('Sign in again to continue where you were.');
    expect(await visitor.page.getByText('was not carried out').count()).toBe(0);

    await visitor.signIn(await stand.platform.tokenFor('ada'));
    await visitor.seesHeading('Audit');
    await visitor.press('Sign out');
    await visitor.page.getByLabel('Token').waitFor();
    expect(await visitor.page.getByText('Your session has ended').count()).toBe(0);
  });
});

describe('the console, when someone deletes the integration being edited', () => {
  it('keeps the input, which can be saved once the integration is restored', async () => {
    const id = await stand.platform.register(stand.app.url, 'Edited');
    visitor = await stand.signedIn(`/console/integrations/${id}/edit`);
    const { page } = visitor;
    await page.getByLabel('Description').fill('All about money');
    await change(id, 'DELETE', '');
    const missed = page.waitForResponse((answer) => answer.status() === 404 && answer.request().method() === 'GET');
    await visitor.press('Save');
    await page.getByRole('alert').waitFor();
    await missed;
    expect(await page.getByLabel('Description').inputValue()).toBe('All about money');

    await change(id, 'POST', '/restore');
    await visitor.press('Save');
    await visitor.press('Load the new state and keep my changes');
    await visitor.press('Save');
    await visitor.seesHeading('Edited');
    await visitor.sees('All about money');
  });
});

describe('the console, when someone else was quicker', () => {
  it('shows the new state before it reports the conflict, and uses that state from then on', async () => {
    const id = await stand.platform.register(stand.app.url, 'Disabled by Bob');
    visitor = await stand.signedIn(`/console/integrations/${id}`);
    const { page } = visitor;
    await visitor.press('Delete');
    await change(id, 'POST', '/disable');
    const answer = Promise.withResolvers<void>();
    await page.route(`**/api/v1/integrations/${id}`, async (route) => {
      if (route.request().method() === 'GET') await answer.promise;
      await route.continue();
    });
    await visitor.confirm('Delete');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete …' }).waitFor();
    answer.resolve();
    await visitor.sees('The integration has changed');
    expect(await page.getByRole('button', { name: 'Enable', exact: true }).isVisible()).toBe(true);

    await visitor.press('Delete');
    await visitor.confirm('Delete');
    await page.getByRole('button', { name: 'Restore' }).waitFor();
  });

  it.each(['Health', 'Dependents'])(
    'shows a deleted integration as deleted, without an error about its %s',
    async (part) => {
      const id = await stand.platform.register(stand.app.url, `Deleted before ${part}`);
      visitor = await stand.signedIn(`/console/integrations/${id}/events`);
      const { page } = visitor;
      await visitor.seesHeading(`Deleted before ${part}`);
      await change(id, 'DELETE', '');
      await visitor.follow(part);
      await page.getByRole('button', { name: 'Restore' }).or(page.getByRole('alert')).first().waitFor();
      expect(await page.getByRole('alert').count()).toBe(0);
    },
  );

  it('also reports the conflict when different actions are available now', async () => {
    const id = await stand.platform.register(stand.app.url, 'Restored by Bob');
    await change(id, 'DELETE', '');
    visitor = await stand.signedIn(`/console/integrations/${id}`);
    await visitor.press('Purge');
    await change(id, 'POST', '/restore');
    await visitor.confirm('Purge');
    await visitor.page.getByRole('button', { name: 'Test now' }).waitFor();
    await visitor.sees('The integration has changed');
  });

  it('keeps the input for a maintenance window, and asks for a new decision', async () => {
    const id = await stand.platform.register(stand.app.url, 'Contested');
    visitor = await stand.signedIn(`/console/integrations/${id}`);
    const { page } = visitor;
    await visitor.press('Start maintenance');
    await page.getByLabel('Ends').selectOption('2 hours from now');
    await page.getByLabel('Reason').fill('New disks');
    const until = new Date(Date.now() + 3_600_000).toISOString();
    await change(id, 'PATCH', '', { maintenance: { until, reason: 'By Bob' } });
    await visitor.confirm('Start');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('The integration has changed').waitFor();
    await dialog.getByText(/Maintenance ends.*By Bob/).waitFor();
    expect(await page.getByLabel('Reason').inputValue()).toBe('New disks');
    expect((await stand.platform.rest(stand.app.url, 'GET', `/integrations/${id}`)).body.maintenance.reason).toBe(
      'By Bob',
    );

    await visitor.confirm('Change');
    await dialog.waitFor({ state: 'detached' });
    await visitor.sees(/Maintenance ends.*New disks/);
  });

  it('overwrites no further change made while the session was over', async () => {
    const id = await stand.platform.register(stand.app.url, 'Contested twice');
    visitor = await stand.signedIn(`/console/integrations/${id}`);
    await visitor.press('Start maintenance');
    const until = new Date(Date.now() + 3_600_000).toISOString();
    await change(id, 'PATCH', '', { maintenance: { until, reason: 'By Bob' } });
    await visitor.confirm('Start');
    await visitor.page
      .getByRole('dialog')
      .getByText(/Maintenance ends.*By Bob/)
      .waitFor();
    await isAskedAgain('Change', () => change(id, 'PATCH', '', { maintenance: { until, reason: 'By Bob again' } }));
    await visitor.confirm('Change');
    await visitor.sees('The integration has changed');
    await visitor.page
      .getByRole('dialog')
      .getByText(/Maintenance ends.*By Bob again/)
      .waitFor();
  });
});

describe('the console, when no response arrives', () => {
  it('gives up after 30 seconds, and still shows what was done', async () => {
    const id = await stand.platform.register(stand.app.url, 'Slow');
    visitor = await Visitor.arrive(stand.browser, stand.app.url, `/console/integrations/${id}`);
    const { page } = visitor;
    await page.clock.install();
    await visitor.signIn(await stand.platform.tokenFor('ada'));
    const done = Promise.withResolvers<void>();
    await page.route('**/disable', async (route) => {
      await route.fetch();
      done.resolve();
    });
    await visitor.press('Disable');
    await done.promise;
    await page.clock.fastForward(30_000);
    await visitor.sees('The server did not answer within 30 seconds. The change may have been made nevertheless');
    await page.getByRole('button', { name: 'Enable', exact: true }).waitFor();
  });

  it('does not offer to cancel an action in flight', async () => {
    visitor = await stand.signedIn(
      `/console/integrations/${await stand.platform.register(stand.app.url, 'Slow to go')}`,
    );
    const { page } = visitor;
    const answer = Promise.withResolvers<void>();
    await page.route('**/api/v1/integrations/*', async (route) => {
      if (route.request().method() === 'DELETE') await answer.promise;
      await route.continue();
    });
    await visitor.press('Delete');
    const buttons = page.getByRole('dialog').getByRole('button');
    expect(await buttons.allTextContents()).toEqual(['Cancel', 'Delete']);
    await visitor.confirm('Delete');
    await buttons.filter({ hasText: 'Delete …' }).waitFor();
    expect(await buttons.allTextContents()).toEqual(['Close', 'Delete …']);
    answer.resolve();
    await page.getByRole('button', { name: 'Restore' }).waitFor();
  });

  it('reports that instead of waiting for ever, and can try again', async () => {
    visitor = await stand.signedIn('/console/integrations');
    const { page } = visitor;
    await visitor.seesHeading('Catalog');
    await page.clock.install();
    const hangs = (_route: Route) => undefined;
    await page.route('**/api/v1/audit**', hangs);
    await visitor.follow('Audit');
    await visitor.sees('Loading …');
    await page.clock.fastForward(30_000);
    await visitor.sees('The server did not answer within 30 seconds.');
    await page.unroute('**/api/v1/audit**', hangs);
    await visitor.press('Try again');
    await visitor.sees('integration.registered');
  });
});

describe('the console, when a proxy answers instead of the service', () => {
  it("does not take a proxy's 404 for a missing integration, and recovers by itself", async () => {
    const id = await stand.platform.register(stand.app.url, 'Not found by a proxy');
    visitor = await Visitor.arrive(stand.browser, stand.app.url, `/console/integrations/${id}`);
    const { page } = visitor;
    await page.clock.install();
    await page.route('**/api/v1/**', (route) => route.fulfill({ status: 404, body: 'default backend - 404' }));
    await visitor.signIn(await stand.platform.tokenFor('ada'));
    await page.clock.fastForward(5_000);
    await visitor.sees('HTTP 404');
    expect(await page.getByText('No such integration').count()).toBe(0);
    await page.unroute('**/api/v1/**');
    await page.clock.fastForward(15_000);
    await visitor.seesHeading('Not found by a proxy');
    await page.route('**/disable', (route) => route.fulfill({ status: 404, body: 'default backend - 404' }));
    await visitor.press('Disable');
    await visitor.sees('HTTP 404');
  });

  it('does not take an HTML page for a response of the API', async () => {
    visitor = await stand.signedIn('/console/integrations');
    await visitor.seesHeading('Catalog');
    await visitor.page.route('**/api/v1/annotations/offline**', (route) =>
      route.fulfill({ status: 200, contentType: 'text/html; charset=utf-8', body: '<h1>Sign in to the network</h1>' }),
    );
    await visitor.page.goto(`${stand.app.url}/console/annotations/offline`);
    await visitor.sees('answered in its place');
    expect(await visitor.page.getByText('Nothing is parked').count()).toBe(0);
  });
});

/** Confirms the dialog when the session is over, and waits until the dialog is back after signing in again. */
async function isAskedAgain(button: string, meanwhile?: () => Promise<void>): Promise<void> {
  await visitor.endSession();
  await visitor.confirm(button);
  await visitor.sees('Your last action was not carried out.');
  await meanwhile?.();
  await visitor.signIn(await stand.platform.tokenFor('ada'));
  await visitor.page.getByRole('dialog').waitFor();
}

/** Changes the integration as somebody else. */
async function change(id: string, method: string, path: string, body?: object): Promise<void> {
  const shown = await fetch(`${stand.app.url}/api/v1/integrations/${id}?deleted=${path === '/restore'}`, {
    headers: await bob(),
  });
  const etag = shown.headers.get('etag') ?? '';
  const url = `${stand.app.url}/api/v1/integrations/${id}${path}`;
  const headers = {
    ...(await bob()),
    'if-match': etag,
    ...(body && { 'content-type': 'application/merge-patch+json' }),
  };
  const { ok } = await fetch(url, { method, headers, body: body ? JSON.stringify(body) : null });
  expect(ok).toBe(true);
}

async function bob(): Promise<Record<string, string>> {
  return { authorization: `Bearer ${await stand.platform.tokenFor('bob')}` };
}
