import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { freePorts } from '../../../scripts/stack/ports.ts';
import { type AppProcess, startApp } from '../../support/app-process';
import { startChromium } from '../../support/chromium';
import { AUDIENCE } from '../../support/access-tokens';
import { CLIENT_ID, CLIENT_SECRET, IdentityProvider } from '../../support/identity-provider';
import { temporaryDirectory } from '../../support/temporary';
import { Platform } from '../platform';
import { Visitor } from './visitor';

let browser: Browser;
let platform: Platform;
let provider: IdentityProvider;
let app: AppProcess;
let visitor: Visitor;

beforeAll(async () => {
  // On start the provider warns that it is not set up for production.
  (['info', 'warn'] as const).forEach((level) => jest.spyOn(console, level).mockImplementation());
  const port = await freePorts(1);
  const consoleUrl = `http://127.0.0.1:${port}`;
  const redirectUri = `${consoleUrl}/console/session/callback`;
  provider = await IdentityProvider.start({ redirectUri, clientAuth: 'client_secret_post', wantsResource: true });
  platform = await Platform.start();
  const secretFile = join(temporaryDirectory(), 'secret');
  writeFileSync(secretFile, CLIENT_SECRET, { mode: 0o600 });
  const env = {
    PORT: String(port),
    OIDC_ISSUER: provider.url,
    OIDC_AUDIENCE: AUDIENCE,
    CONSOLE_URL: consoleUrl,
    CONSOLE_OIDC_CLIENT_ID: CLIENT_ID,
    CONSOLE_OIDC_CLIENT_SECRET_FILE: secretFile,
    CONSOLE_OIDC_AUDIENCE_PARAMETER: 'resource',
  };
  [browser, app] = await Promise.all([startChromium(), startApp('catalog-api', { ...platform.env, ...env })]);
});

afterAll(async () => {
  await browser?.close();
  await app?.stop();
  await platform?.stop();
  await provider?.down();
});

afterEach(async () => {
  expect(visitor.complaints).toEqual([]);
  await visitor.page.close();
});

describe('signing in to the console with an identity provider, in a browser', () => {
  const arrive = (path: string) => Visitor.arrive(browser, app.url, path, [provider.url]);
  const link = () => `Sign in with ${new URL(provider.url).host}`;
  const logInThere = async (name: string) => {
    await visitor.page.getByLabel('Name').fill(name);
    await visitor.press('Log in');
  };

  it('returns to the wanted page, and lasts until signing out', async () => {
    visitor = await arrive('/console/audit?action=token.created');
    await visitor.follow(link());
    await logInThere('grace');
    await visitor.seesHeading('Audit');
    await visitor.sees('grace');
    expect(visitor.page.url()).toBe(`${app.url}/console/audit?action=token.created`);
    expect(await visitor.page.evaluate('document.cookie')).toBe('');
    expect(app.log()).toContain('/console/session/callback');
    expect(app.log()).not.toMatch(/code=|state=|eyJ/);

    await visitor.page.reload();
    await visitor.seesHeading('Audit');
    await visitor.press('Sign out');
    await visitor.page.getByRole('link', { name: link() }).waitFor();
  });

  it('reports once why it failed, and still accepts a token', async () => {
    visitor = await arrive('/console/annotations');
    await visitor.follow(link());
    await visitor.press('Cancel');
    await visitor.sees('signing in was cancelled');
    expect(visitor.page.url()).toBe(`${app.url}/console/annotations`);
    await visitor.page.reload();
    await visitor.page.getByLabel('Token').waitFor();
    expect(await visitor.page.getByRole('alert').count()).toBe(0);

    await visitor.signIn(await platform.tokenFor('ada', ['annotations:read'], 'acme'));
    await visitor.seesHeading('Annotations');
  });

  it('returns to the page to which the user went back before signing in again', async () => {
    visitor = await arrive('/console/integrations');
    await visitor.follow(link());
    await logInThere('grace');
    await visitor.follow('Audit');
    await visitor.seesHeading('Audit');
    await visitor.press('Sign out');
    await visitor.page.getByRole('link', { name: link() }).waitFor();
    await visitor.page.goBack();
    await visitor.follow(link());
    await visitor.seesHeading('Catalog');
    expect(visitor.page.url()).toBe(`${app.url}/console/integrations`);
  });

  it('is offered again when the session has ended, and continues from there', async () => {
    visitor = await arrive('/console/annotations');
    await visitor.follow(link());
    await logInThere('grace');
    await visitor.seesHeading('Annotations');
    // The browser drops the cookie when the token expires.
    const [cookie] = await visitor.page.context().cookies(app.url);
    expect(cookie!.expires).toBeGreaterThan(Date.now() / 1_000);
    expect(cookie!.expires).toBeLessThanOrEqual(Date.now() / 1_000 + provider.tokenTtlS);
    await visitor.page.context().clearCookies({ name: cookie!.name });
    await visitor.page.getByRole('link', { name: 'Catalog' }).click();
    // The provider does not ask again.
    await visitor.follow(link());
    await visitor.seesHeading('Catalog');
    expect(visitor.page.url()).toBe(`${app.url}/console/integrations`);
  });
});
