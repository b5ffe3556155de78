import type { Browser, BrowserContext, Page } from 'playwright-core';

/** Somebody with their own browser, in which nobody is signed in yet. */
export class Visitor {
  private constructor(
    readonly page: Page,
    /**
     * What the browser reported: script errors, violations of the content security policy, requests to other origins.
     */
    readonly complaints: readonly string[],
  ) {}

  /** `besides`: other origins that the browser may call. With a context, opens one more window of the same browser. */
  static async arrive(
    browser: Browser | BrowserContext,
    api: string,
    path = '/',
    besides: readonly string[] = [],
  ): Promise<Visitor> {
    const page = await browser.newPage();
    page.setDefaultTimeout(60_000);
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // Chromium reports each 4xx response; expected ones are checked on the page.
      const isAnswer = message.text().startsWith('Failed to load resource: the server responded');
      if (message.type() === 'error' && !isAnswer) complaints.push(message.text());
    });
    page.on('request', (request) => {
      const isKnown = [api, ...besides].some((origin) => request.url().startsWith(`${origin}/`));
      if (!isKnown) complaints.push(`asked ${request.url()}`);
    });
    await page.goto(`${api}${path}`);
    return new Visitor(page, complaints);
  }

  async signIn(token: string): Promise<void> {
    await this.page.getByLabel('Token').fill(token);
    await this.press('Sign in');
  }

  /** Ends the session with the next write, not before: the page may poll each second, and would notice it earlier. */
  async endSession(): Promise<void> {
    let isOver = false;
    await this.page.route('**/api/v1/**', async (route) => {
      if (!isOver && route.request().method() !== 'GET') {
        isOver = true;
        await this.page.context().clearCookies();
      }
      await route.fallback();
    });
  }

  async press(button: string): Promise<void> {
    await this.page.getByRole('button', { name: button, exact: true }).click();
  }

  async follow(link: string): Promise<void> {
    await this.page.getByRole('link', { name: link, exact: true }).click();
  }

  /** Presses a button of the dialog that asks for confirmation. */
  async confirm(button: string): Promise<void> {
    await this.page.getByRole('dialog').getByRole('button', { name: button, exact: true }).click();
  }

  /** Waits until the page shows the text. */
  async sees(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).filter({ visible: true }).first().waitFor();
  }

  async seesHeading(name: string): Promise<void> {
    await this.page.getByRole('heading', { level: 1, name }).waitFor();
  }
}
