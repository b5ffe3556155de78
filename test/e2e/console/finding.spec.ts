import type { ApiScope } from '@integrations/secrets';
import type { BrowserContext } from 'playwright-core';
import { Stand } from './stand';
import { Visitor } from './visitor';

const UNKNOWN_ID = '01890000-0000-7000-8000-000000000000';

let context: BrowserContext;
const stand = new Stand();
let visitor: Visitor;
let ancientId: string;

beforeAll(async () => {
  await stand.start();
  ancientId = await stand.platform.register(stand.app.url, 'Ancient one');
  for (let count = 0; count < 210; count += 1) await stand.platform.register(stand.app.url, `Newer ${count}`);
  context = await stand.browser.newContext({ locale: 'en-US', timezoneId: 'Asia/Kolkata' });
});

afterAll(() => stand.stop());

afterEach(async () => {
  expect(visitor.complaints).toEqual([]);
  await visitor.page.close();
  await context.clearCookies();
});

describe('finding things in the console', () => {
  it('suggests integrations to filter by as the name is typed, among any number', async () => {
    visitor = await signedIn('/console/audit');
    const { page } = visitor;
    const newest = page.getByRole('link', { name: 'Newer 209', exact: true });
    await newest.waitFor();
    const filter = page.getByLabel('Integration');
    const offered = (name: string) => page.locator(`datalist option[value="${name}"]`);
    await offered('Newer 209').waitFor({ state: 'attached' });
    expect(await offered('Ancient one').count()).toBe(0);

    await filter.fill('ancie');
    await offered('Ancient one').waitFor({ state: 'attached' });
    await visitor.sees('Choose a name, or enter the id.');
    await filter.fill('ancient one');
    await page.waitForURL(`**/console/audit?integrationId=${ancientId}`);
    await newest.waitFor({ state: 'detached' });
    await filter.blur();
    expect(await filter.inputValue()).toBe('Ancient one');

    await filter.fill('');
    await newest.waitFor();
    await filter.fill(ancientId);
    await page.waitForURL(`**/console/audit?integrationId=${ancientId}`);
    await filter.and(page.locator('[value="Ancient one"]')).waitFor();

    await filter.fill('nowhere');
    await visitor.sees('No integration has this name.');
    expect(page.url()).toBe(`${stand.app.url}/console/audit`);
    await newest.waitFor();
  });

  it('fetches the whole rest of a long list at once, so that a refresh takes two requests', async () => {
    visitor = await signedIn('/console/integrations?q=newer');
    await visitor.sees('The first 50 are shown.');
    await visitor.press('Show more');
    await visitor.sees('All 210 are shown.');
  });

  it('requests no names when it shows none', async () => {
    visitor = await signedIn('/console/annotations');
    const { page } = visitor;
    await visitor.sees('No operations yet.');
    await page.waitForLoadState('networkidle');
    const asked = await page.evaluate<string[]>(`performance.getEntriesByType('resource').map(({ name }) => name)`);
    // Only the request for the integrations that the filter offers.
    expect(asked.filter((url) => url.includes('/integrations?'))).toHaveLength(1);
  });

  it("shows the name of the integration in the address's filter, and clears the filter with the address", async () => {
    const id = await stand.platform.register(stand.app.url, 'Linked to');
    visitor = await signedIn(`/console/annotations?integrationId=${id}`);
    const filter = visitor.page.getByLabel('Integration');
    await filter.and(visitor.page.locator('[value="Linked to"]')).waitFor();
    await visitor.follow('Ledger');
    await visitor.sees('No operations yet.');
    expect(await filter.inputValue()).toBe('');
    expect(await filter.getAttribute('placeholder')).toBe('any');
    expect(visitor.page.url()).toBe(`${stand.app.url}/console/annotations`);
  });

  it('fits a phone, however long a name or tag without spaces is', async () => {
    const name = 'W'.repeat(100);
    const body = { name, type: 'scm', provider: 'in_memory', tags: ['w'.repeat(50)] };
    const { id } = (await stand.platform.rest(stand.app.url, 'POST', '/integrations', body)).body;
    visitor = await signedIn(`/console/integrations/${id}`);
    const { page } = visitor;
    await visitor.seesHeading(name);
    await page.setViewportSize({ width: 375, height: 800 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(375);
  });

  it('shows in the catalog what is broken, since when and why, even on a phone', async () => {
    const config = { failWith: 'permission_missing' };
    const broken = { name: 'Broken', type: 'scm', provider: 'in_memory', config };
    const { id } = (await stand.platform.rest(stand.app.url, 'POST', '/integrations', broken)).body;
    const body = (await stand.platform.rest(stand.app.url, 'GET', `/integrations/${id}`)).body;
    const since = new Date(Date.now() - 3 * 3_600_000).toISOString();
    const message = `checks:write is missing${', and so is another one'.repeat(12)}`;
    const judged = { status: 'unhealthy', code: 'scope_insufficient', message, since };
    visitor = await signedIn('/console/audit');
    const { page } = visitor;
    await page.route(/\/api\/v1\/integrations(\?|$)/, (route) =>
      route.fulfill({ json: { items: [{ ...body, health: { ...body.health, ...judged } }], nextCursor: null } }),
    );
    await page.setViewportSize({ width: 375, height: 800 });
    await visitor.follow('Catalog');
    await visitor.sees('3 hours ago');
    const why = await page.getByText('checks:write is missing').boundingBox();
    expect(why!.x).toBeLessThan(375 - 100);
    expect(why!.height).toBeLessThan(50);
    expect((await page.getByRole('banner').boundingBox())!.height).toBeLessThan(110);
  });

  it('distinguishes integrations registered at the same time by their ids when it may not read names', async () => {
    visitor = await signedIn('/console/audit', ['audit:read']);
    const ids = visitor.page.locator('td.name code');
    await ids.first().waitFor();
    expect(new Set(await ids.allTextContents()).size).toBeGreaterThan(20);
  });

  it.each([
    ['integrations', 'Checked'],
    ['audit', 'Hash'],
  ])('of %s shows the column %s, however long a name without spaces is', async (path, column) => {
    const long = `${column}${'W'.repeat(90)}`;
    await stand.platform.register(stand.app.url, long);
    visitor = await signedIn(`/console/${path}`);
    await visitor.sees(long);
    const shown = await visitor.page.getByRole('columnheader', { name: column }).boundingBox();
    const frame = await visitor.page.locator('.table').boundingBox();
    expect(shown!.x + shown!.width).toBeLessThan(frame!.x + frame!.width);
  });

  it.each(['no-id', UNKNOWN_ID])('offers a way on from an operation that does not exist: %s', async (id) => {
    visitor = await signedIn(`/console/annotations/${id}`);
    await visitor.seesHeading('No such operation');
    await visitor.follow('Go to the ledger');
    await visitor.seesHeading('Annotations');
  });

  it('says why a list is empty, with or without a filter', async () => {
    visitor = await signedIn('/console/annotations/offline');
    await visitor.sees('Nothing is parked. Operations requested while posting is offline wait here.');
    await visitor.page.goto(`${stand.app.url}/console/annotations/offline?integrationId=${UNKNOWN_ID}`);
    await visitor.sees('No parked operation matches.');
  });

  it('says whom to ask when the token does not allow a page', async () => {
    visitor = await signedIn('/console/audit', ['integrations:read']);
    await visitor.sees('Ask your administrator for a token with this scope.');
  });

  it("uses the server's time when the browser's clock is wrong", async () => {
    const id = await stand.platform.register(stand.app.url, 'Timed');
    visitor = await Visitor.arrive(stand.browser, stand.app.url, `/console/integrations/${id}`);
    const { page } = visitor;
    await page.clock.install({ time: Date.now() - 86_400_000 });
    await visitor.signIn(await stand.platform.tokenFor('ada'));
    await page
      .getByRole('time')
      .filter({ hasText: /^(now|\d+ seconds ago)$/ })
      .first()
      .waitFor();
    await visitor.press('Start maintenance');
    await page.getByLabel('Ends').selectOption('1 hour from now');
    await visitor.confirm('Start');
    await visitor.sees(/Maintenance ends in (59 minutes|1 hour)/);
  });

  it('names the time zone of times shown and typed', async () => {
    visitor = await signedIn('/console/audit');
    await visitor.sees('integration.registered');
    expect(await visitor.page.getByRole('time').first().getAttribute('title')).toMatch(/GMT\+5:30$/);
    // The zone is also visible without hovering.
    await visitor.sees(/GMT\+5:30$/);
    await visitor.sees(/^Asia\/(Kolkata|Calcutta)$/);
  });
});

function signedIn(path: string, scopes?: readonly ApiScope[]): Promise<Visitor> {
  return stand.signedIn(path, scopes, context);
}
