import type { Locator } from 'playwright-core';
import { Stand } from './stand';
import type { Visitor } from './visitor';

const stand = new Stand();
let visitor: Visitor;

beforeAll(() => stand.start());

afterAll(() => stand.stop());

afterEach(async () => {
  expect(visitor.complaints).toEqual([]);
  await visitor.page.close();
});

describe('the keyboard focus of the console', () => {
  it('is in the content after signing in', async () => {
    visitor = await stand.signedIn('/console/integrations');
    await hasFocus(visitor.page.getByRole('main'));
  });

  it('stays at the dependents after one was removed', async () => {
    const id = await stand.platform.register(stand.app.url, 'Relied on');
    for (const name of ['scanner', 'scheduler']) {
      await stand.platform.rest(stand.app.url, 'PUT', `/integrations/${id}/dependents/${name}`, {});
    }
    visitor = await stand.signedIn(`/console/integrations/${id}/dependents`);
    const { page } = visitor;
    const remove = page.getByRole('button', { name: 'Remove scanner' });
    await remove.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await hasFocus(remove);

    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).press('Enter');
    await remove.waitFor({ state: 'detached' });
    await hasFocus(page.getByRole('region', { name: 'Dependents' }));
  });

  it('stays at the actions when the button that was pressed disappears', async () => {
    const id = await stand.platform.register(stand.app.url, 'Maintained');
    visitor = await stand.signedIn(`/console/integrations/${id}`);
    const { page } = visitor;
    await page.getByRole('button', { name: 'Start maintenance' }).press('Enter');
    await page.getByLabel('Reason').press('Enter');
    await page.getByRole('button', { name: 'End maintenance' }).press('Enter');
    await page.getByRole('button', { name: 'End maintenance' }).waitFor({ state: 'detached' });
    await hasFocus(page.getByRole('region', { name: 'Actions' }));
  });

  it('stays at the end of a list once all of it is shown', async () => {
    for (let count = 0; count < 60; count += 1) await stand.platform.register(stand.app.url, `Many ${count}`);
    visitor = await stand.signedIn('/console/integrations?q=many');
    const more = visitor.page.getByRole('button', { name: 'Show more' });
    await more.press('Enter');
    await more.waitFor({ state: 'detached' });
    await hasFocus(visitor.page.locator(':has(> [role="status"])').filter({ hasText: 'All 60 are shown.' }).last());
  });

  it('moves to the first invalid control', async () => {
    visitor = await stand.signedIn(
      `/console/integrations/${await stand.platform.register(stand.app.url, 'Wrong')}/dependents`,
    );
    const { page } = visitor;
    await page.getByLabel('Consumer').fill('No such name!');
    await page.getByRole('button', { name: 'Add' }).press('Enter');
    await page.getByRole('alert').waitFor();
    await hasFocus(page.getByLabel('Consumer'));

    await page.getByRole('button', { name: 'Start maintenance' }).press('Enter');
    await page.getByLabel('Reason').fill('x'.repeat(2_000));
    await page.getByLabel('Reason').press('Enter');
    await page.getByRole('dialog').getByRole('alert').waitFor();
    await hasFocus(page.getByLabel('Reason'));
  });

  it('is never hidden behind the bar at the top', async () => {
    visitor = await stand.signedIn('/console/integrations/new?provider=github_app');
    const { page } = visitor;
    await page.getByRole('button', { name: 'Register' }).focus();
    const bar = (await page.getByRole('banner').boundingBox())!;
    const focused = page.locator('main :focus');
    for (let steps = 0; steps < 20 && (await focused.count()) > 0; steps += 1) {
      expect((await focused.boundingBox())!.y).toBeGreaterThan(bar.y + bar.height);
      await page.keyboard.press('Shift+Tab');
    }
  });
});

describe('the console, for users who see or aim badly', () => {
  it.each([
    ['/integrations', 'main input[type="checkbox"]'],
    ['/integrations/new?provider=github_app', 'summary'],
    ['', 'td button'],
  ])('has no control smaller than 24 pixels: %s %s', async (path, selector) => {
    const id = await stand.platform.register(stand.app.url, `Pressed ${selector.length}`);
    await stand.platform.rest(stand.app.url, 'PUT', `/integrations/${id}/dependents/scanner`, {});
    visitor = await stand.signedIn(`/console${path || `/integrations/${id}/dependents`}`);
    const { width, height } = (await visitor.page.locator(selector).first().boundingBox())!;
    expect(Math.min(width, height)).toBeGreaterThanOrEqual(24);
  });

  it.each(['light', 'dark'] as const)('gives controls and hints enough contrast: %s', async (colorScheme) => {
    visitor = await stand.signedIn('/console/annotations');
    const { page } = visitor;
    await page.emulateMedia({ colorScheme });
    const filter = page.getByPlaceholder('any');
    await filter.waitFor();
    const colour = (of: string) => page.evaluate<string>(of);
    const control = `getComputedStyle(document.querySelector('[placeholder="any"]'))`;
    const line = await colour(`${control}.borderTopColor`);
    const hint = await colour(`getComputedStyle(document.querySelector('[placeholder="any"]'), '::placeholder').color`);
    expect(contrast(line, await colour('getComputedStyle(document.body).backgroundColor'))).toBeGreaterThan(3);
    expect(contrast(hint, await colour(`${control}.backgroundColor`))).toBeGreaterThan(4.5);
  });

  it('prints exact times and no buttons', async () => {
    visitor = await stand.signedIn(`/console/integrations/${await stand.platform.register(stand.app.url, 'On paper')}`);
    const { page } = visitor;
    await page.getByRole('time').first().waitFor();
    await page.emulateMedia({ media: 'print' });
    expect(await page.evaluate(`getComputedStyle(document.querySelector('time'), '::after').content`)).toMatch(/UTC/);
    expect(await page.getByRole('button').or(page.getByRole('navigation')).filter({ visible: true }).count()).toBe(0);
  });

  it('underlines only the current tab when the browser chooses the colours', async () => {
    visitor = await stand.signedIn(
      `/console/integrations/${await stand.platform.register(stand.app.url, 'In few colours')}`,
    );
    const { page } = visitor;
    await page.emulateMedia({ forcedColors: 'active' });
    await page.getByRole('link', { name: 'Events' }).waitFor();
    const lineOf = (tab: string) =>
      page.evaluate(`getComputedStyle(document.querySelector('.tabs ${tab}')).borderBottomColor`);
    const present = await lineOf('[aria-current]');
    expect(present).toMatch(/^rgb/);
    expect(await lineOf(':not([aria-current])')).not.toBe(present);
  });
});

describe('the console, for users of a screen reader', () => {
  it('announces the page that a link leads to', async () => {
    visitor = await stand.signedIn('/console/integrations');
    await visitor.seesHeading('Catalog');
    await visitor.follow('Audit');
    await hears('Audit · Integrations');
  });

  it('names the integration of each row', async () => {
    await stand.platform.register(stand.app.url, 'Of a row');
    visitor = await stand.signedIn('/console/integrations?q=row');
    await visitor.page.getByRole('rowheader', { name: 'Of a row' }).waitFor();
  });

  it('announces what a filter finds', async () => {
    await stand.platform.register(stand.app.url, 'Only one');
    visitor = await stand.signedIn('/console/integrations');
    await visitor.page.getByLabel('Search').fill('only one');
    await hears('1 is shown.');
    await visitor.page.getByLabel('Search').fill('nothing at all');
    await hears('No integration matches.');
  });

  it('announces the effect of an action on an integration', async () => {
    visitor = await stand.signedIn(
      `/console/integrations/${await stand.platform.register(stand.app.url, 'Acted upon')}`,
    );
    await visitor.press('Disable');
    await hears('disabled');
  });

  it('announces a test result in short, and not again when a time in it changes', async () => {
    visitor = await stand.signedIn(`/console/integrations/${await stand.platform.register(stand.app.url, 'Tested')}`);
    const { page } = visitor;
    const verdict = { status: 'healthy', code: 'ok', message: 'Connected', remediation: '', warnings: [], stages: [] };
    const body = JSON.stringify({ ...verdict, checkedAt: new Date().toISOString(), latencyMs: 3 });
    await page.route('**/test', (route) => route.fulfill({ contentType: 'application/json', body }));
    await visitor.press('Test now');
    await hears('Tested: healthy. Connected');
    await page.getByRole('region', { name: 'Test result' }).getByRole('time').waitFor();
    expect(await page.getByRole('status').getByRole('time').count()).toBe(0);

    await page.goto(`${stand.app.url}/console/audit`);
    await visitor.press('Verify');
    await hears('Verified: intact.');
    expect(await page.getByRole('status').getByRole('time').count()).toBe(0);
  });

  it('announces a question with the title of its dialog', async () => {
    const id = await stand.platform.register(stand.app.url, 'Asked about');
    await stand.platform.rest(stand.app.url, 'PUT', `/integrations/${id}/dependents/scanner`, {});
    visitor = await stand.signedIn(`/console/integrations/${id}`);
    await visitor.press('Delete');
    await visitor.page.getByRole('dialog').getByRole('alert').waitFor();
    const cdp = await visitor.page.context().newCDPSession(visitor.page);
    const { nodes } = await cdp.send('Accessibility.getFullAXTree');
    const dialog = nodes.find(({ role }) => role?.value === 'dialog');
    expect(dialog).toMatchObject({
      name: { value: 'Delete Asked about?' },
      description: { value: expect.stringContaining('You can restore it as it is now until it is purged') },
    });
  });
});

async function hasFocus(element: Locator): Promise<void> {
  await element.and(visitor.page.locator(':focus')).waitFor();
}

/** Waits for an announcement to screen readers. */
async function hears(text: string | RegExp): Promise<void> {
  await visitor.page.getByRole('status').filter({ hasText: text }).first().waitFor({ state: 'attached' });
}

/** Contrast of two opaque colours by WCAG: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(rgb: string): number {
  const parts = rgb.match(/\d+/g)!.map((part) => Number(part) / 255);
  const [red = 0, green = 0, blue = 0] = parts.map((x) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
