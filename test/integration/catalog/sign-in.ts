import { type WebBrowser } from '../../support/web-browser';
import { FROM_CONSOLE } from './console';
import { type Answer, expectProblem, type TestCatalog } from './support';

export const AUTHORIZE = '/console/session/authorize';
export const CALLBACK = '/console/session/callback';

/** The answer that redirects a browser to the identity provider. */
export function begin(catalog: TestCatalog, browser: WebBrowser, path = '/console/integrations?q=x') {
  return browser.open(`${catalog.origin}${AUTHORIZE}?returnTo=${encodeURIComponent(path)}`);
}

/** The address to which the identity provider sends the user grace back. */
export async function comeBackOf(catalog: TestCatalog, browser: WebBrowser, path?: string): Promise<string> {
  return browser.logIn((await begin(catalog, browser, path)).location, 'grace');
}

export function sessionOf(catalog: TestCatalog, browser: WebBrowser): Promise<Answer> {
  const cookie = `integrations=${browser.cookies.get('integrations') ?? ''}`;
  return catalog.anonymous({ ...FROM_CONSOLE, cookie }).call('GET', '/console/session');
}

export async function expectFailure(
  catalog: TestCatalog,
  browser: WebBrowser,
  callback: string,
  failure: string,
): Promise<void> {
  const { status, location, setCookie } = await browser.open(callback);
  expect([status, location]).toEqual([302, expect.stringMatching(new RegExp(`^/console/.*#sign-in=${failure}$`))]);
  expect(setCookie.filter((one) => one.startsWith('integrations='))).toEqual([]);
  expectProblem(await sessionOf(catalog, browser), 401, 'unauthorized');
}
