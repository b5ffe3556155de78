import type { Browser, Route } from 'playwright-core';
import { type AppProcess, startApp } from '../../support/app-process';
import { startChromium } from '../../support/chromium';
import { Platform } from '../platform';
import { Visitor } from './visitor';

let browser: Browser;
let platform: Platform;
let app: AppProcess;
let visitor: Visitor;

beforeAll(async () => {
  platform = await Platform.start();
  [browser, app] = await Promise.all([startChromium(), startApp('catalog-api', platform.env)]);
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await app?.stop();
  await platform?.stop();
}, 60_000);

afterEach(async () => {
  expect(visitor.complaints).toEqual([]);
  await visitor.page.close();
});

describe('the console, where no answer comes', () => {
  it('gives up after 30 seconds, and shows what was done all the same', async () => {
    const id = await register('Slow');
    visitor = await Visitor.arrive(browser, app.url, `/console/integrations/${id}`);
    const { page } = visitor;
    await page.clock.install();
    await visitor.signIn(await platform.tokenFor('ada', ['all']));
    const done = Promise.withResolvers<void>();
    await page.route('**/disable', async (route) => {
      await route.fetch();
      done.resolve();
    });
    await visitor.press('Disable');
    await done.promise;
    await page.clock.fastForward(30_000);
    await visitor.sees('The server did not answer within 30 seconds. It may have done it nevertheless');
    await page.getByRole('button', { name: 'Enable', exact: true }).waitFor();
  });

  it('says so instead of waiting for ever, and asks again', async () => {
    visitor = await signedIn('/console/integrations');
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

async function signedIn(path: string): Promise<Visitor> {
  const arrived = await Visitor.arrive(browser, app.url, path);
  await arrived.signIn(await platform.tokenFor('ada', ['all']));
  return arrived;
}

async function register(name: string): Promise<string> {
  return (await platform.rest(app.url, 'POST', '/integrations', { name, type: 'scm', provider: 'in_memory' })).body.id;
}
