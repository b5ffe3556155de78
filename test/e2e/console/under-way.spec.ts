import { Stand } from './stand';
import type { Visitor } from './visitor';

const REFUSED = {
  status: 400,
  json: { status: 400, title: 'Refused', detail: 'Not like this', errorCode: 'invalid_request', details: [] },
};

const stand = new Stand();
let visitor: Visitor;

beforeAll(() => stand.start());

afterAll(() => stand.stop());

afterEach(async () => {
  expect(visitor.complaints).toEqual([]);
  await visitor.page.close();
});

describe('the console, when an action takes long', () => {
  it('closes no dialog other than the one that requested it', async () => {
    await arriveAt('Maintained');
    const { page } = visitor;
    await visitor.press('Start maintenance');
    const answer = await hold('PATCH', '**/api/v1/integrations/*');
    await visitor.confirm('Start');
    await answer.asked;
    await visitor.confirm('Close');
    await visitor.press('Delete');
    answer.come();
    await visitor.sees(/Maintenance ends/);
    expect(await page.getByRole('dialog', { name: 'Delete Maintained?' }).count()).toBe(1);
  });

  it('does not navigate a user who has gone elsewhere meanwhile', async () => {
    await arriveAt('Purged');
    await visitor.press('Delete');
    await visitor.confirm('Delete');
    await visitor.press('Purge');
    const answer = await hold('POST', '**/purge');
    await visitor.confirm('Purge');
    await answer.asked;
    await visitor.confirm('Close');
    await visitor.follow('Catalog');
    await visitor.seesHeading('Catalog');
    await answer.isSeen();
    expect(visitor.page.url()).toBe(`${stand.app.url}/console/integrations`);
  });

  it('does not show the saved integration to a user who has left the form', async () => {
    await arriveAt('Left', '/edit');
    await visitor.page.getByLabel('Description').fill('By Ada');
    const answer = await hold('PATCH', '**/api/v1/integrations/*');
    await visitor.press('Save');
    await answer.asked;
    await visitor.follow('Catalog');
    await visitor.sees('Your unsaved changes will be lost.');
    await visitor.confirm('Leave');
    await visitor.seesHeading('Catalog');
    await answer.isSeen();
    expect(visitor.page.url()).toBe(`${stand.app.url}/console/integrations`);
  });

  it('asks before it discards what was typed since', async () => {
    await arriveAt('Typed on', '/edit');
    const description = visitor.page.getByLabel('Description');
    await description.fill('By Ada');
    const answer = await hold('PATCH', '**/api/v1/integrations/*');
    await visitor.press('Save');
    await answer.asked;
    await description.fill('By Ada, and more');
    answer.come();
    await visitor.confirm('Stay');
    expect(await description.inputValue()).toBe('By Ada, and more');
    await visitor.press('Save');
    await visitor.seesHeading('Typed on');
    await visitor.sees('By Ada, and more');
  });

  it('registers only once, and treats further input as a change', async () => {
    visitor = await stand.signedIn('/console/integrations/new?provider=in_memory');
    const { page } = visitor;
    await page.getByLabel('Name').fill('Registered once');
    const answer = await hold('POST', '**/api/v1/integrations');
    await visitor.press('Register');
    await answer.asked;
    await page.getByLabel('Name').fill('Renamed since');
    await page.getByLabel('Description').fill('By Ada');
    answer.come();
    await visitor.confirm('Stay');
    await visitor.seesHeading('Edit Registered once');
    await visitor.sees('Your input has been restored.');
    expect(await page.getByLabel('Description').inputValue()).toBe('By Ada');
    await visitor.press('Save');
    await visitor.seesHeading('Renamed since');
    await visitor.sees('By Ada');
    const { body } = await stand.platform.rest(stand.app.url, 'GET', '/integrations?q=registered');
    expect(body.items).toEqual([]);
    await visitor.follow('Edit');
    expect(await page.getByText('Your input has been restored').count()).toBe(0);
  });

  it('shows that saving was refused even if a test has been started since', async () => {
    await arriveAt('Tested', '/edit');
    await visitor.page.getByLabel('Description').fill('By Ada');
    const answer = await hold('PATCH', '**/api/v1/integrations/*', REFUSED);
    await visitor.press('Save');
    await answer.asked;
    await visitor.press('Test');
    answer.come();
    await visitor.sees('Not like this');
  });

  it('shows that an action was refused even if a dialog has been opened since', async () => {
    await arriveAt('Disabled');
    const answer = await hold('POST', '**/disable', REFUSED);
    await visitor.press('Disable');
    await answer.asked;
    await visitor.press('Start maintenance');
    answer.come();
    await visitor.sees('Not like this');
  });

  it('shows the result of a replay even if its dialog has been closed', async () => {
    visitor = await stand.signedIn('/console/integrations');
    await visitor.seesHeading('Catalog');
    // Until the console knows what is parked, it offers to replay all of it.
    await hold('GET', '**/api/v1/annotations/offline');
    await visitor.page.goto(`${stand.app.url}/console/annotations/offline`);
    const replayed = { queued: 100, superseded: 0, complete: false };
    const answer = await hold('POST', '**/offline/replay', { status: 202, json: replayed });
    await visitor.press('Replay');
    await visitor.confirm('Replay');
    await answer.asked;
    await visitor.confirm('Close');
    answer.come();
    await visitor.sees('Not everything could be queued within 20 seconds.');
    await visitor.press('Continue');
    await visitor.confirm('Replay');
    const told = visitor.page.getByRole('status').filter({ hasText: 'That is everything' });
    await told.and(visitor.page.locator(':focus')).waitFor();
  });

  it('keeps what is typed for the next dependent', async () => {
    await arriveAt('Relied on', '/dependents');
    const { page } = visitor;
    await page.getByLabel('Consumer').fill('scheduler');
    await page.getByLabel('Note').fill('Nightly scans');
    const answer = await hold('PUT', '**/dependents/scheduler');
    await visitor.press('Add');
    await answer.asked;
    await page.getByLabel('Consumer').fill('scanner');
    answer.come();
    await page.getByLabel('Note').and(page.locator('[value=""]')).waitFor();
    expect(await page.getByLabel('Consumer').inputValue()).toBe('scanner');
  });

  it('shows a deleted integration as deleted at once, and no part of it as missing', async () => {
    await arriveAt('Deleted');
    const { page } = visitor;
    await visitor.sees('never checked');
    const answer = await hold('GET', '**/api/v1/integrations/*?deleted=true');
    await visitor.press('Delete');
    await visitor.confirm('Delete');
    await answer.asked;
    expect(await page.getByRole('dialog').getByRole('button').allTextContents()).toEqual(['Close', 'Delete …']);
    answer.come();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await page.getByRole('alert').count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Restore' }).count()).toBe(1);
  });

  it('accepts a new sign-in even if a refusal arrives after it', async () => {
    await arriveAt('Refused late');
    const answer = await hold('POST', '**/disable', { status: 401, json: {} });
    await visitor.press('Disable');
    await answer.asked;
    await visitor.page.context().clearCookies();
    await visitor.sees('Your session has ended');
    await visitor.signIn(await stand.platform.tokenFor('ada'));
    await visitor.seesHeading('Refused late');
    answer.come();
    await visitor.follow('Catalog');
    await visitor.seesHeading('Catalog');
  });
});

describe('the console, when the new state of an edited integration takes long', () => {
  it('keeps what is typed in the meantime', async () => {
    await isOvertaken('Typed on again');
    const answer = await hold('GET', '**/api/v1/integrations/*');
    await visitor.press('Load the new state and keep my changes');
    await answer.asked;
    await visitor.page.getByLabel('Description').fill('By Ada, and more');
    answer.come();
    await visitor.sees('The new state is loaded.');
    expect(await visitor.page.getByLabel('Description').inputValue()).toBe('By Ada, and more');
  });

  it('says that it is loaded only once it is', async () => {
    await isOvertaken('Not loaded');
    const { page } = visitor;
    await page.route('**/api/v1/integrations/*', (route) =>
      route.request().method() === 'GET' ? route.fulfill({ status: 404, json: REFUSED.json }) : route.fallback(),
    );
    await visitor.press('Load the new state and keep my changes');
    await visitor.sees('Not like this');
    expect(await page.getByText('The new state is loaded.').count()).toBe(0);
    await page.unroute('**/api/v1/integrations/*');
    await visitor.press('Load the new state and keep my changes');
    await visitor.sees('The new state is loaded.');
  });
});

async function arriveAt(name: string, part = ''): Promise<string> {
  const id = await stand.platform.register(stand.app.url, name);
  visitor = await stand.signedIn(`/console/integrations/${id}${part}`);
  await visitor.page.getByRole('heading', { level: 1, name }).waitFor();
  return id;
}

/** Fills in a form that differs from what somebody else has saved meanwhile. */
async function isOvertaken(name: string): Promise<void> {
  const id = await arriveAt(name, '/edit');
  await visitor.page.getByLabel('Description').fill('By Ada');
  await stand.platform.rest(stand.app.url, 'POST', `/integrations/${id}/disable`);
  await visitor.press('Save');
  await visitor.sees('Someone else has changed the integration.');
}

/** Holds back the answer to the next request until `come` is called: `answer`, or else that of the service. */
async function hold(method: string, url: string, answer?: { status: number; json: object }) {
  const asked = Promise.withResolvers<void>();
  const come = Promise.withResolvers<void>();
  let isNext = true;
  await visitor.page.route(url, async (route) => {
    if (!isNext || route.request().method() !== method) return route.fallback();
    isNext = false;
    const given = answer ?? { response: await route.fetch() };
    asked.resolve();
    await come.promise;
    await route.fulfill(given);
  });
  /** Lets the answer come, and waits until the catalog on the page is fetched again. */
  const isSeen = async () => {
    const anew = visitor.page.waitForResponse(/\/api\/v1\/integrations(\?|$)/);
    come.resolve();
    await anew;
  };
  return { asked: asked.promise, come: come.resolve, isSeen };
}
