import type { Browser, BrowserContext, Page } from 'playwright-core';

/** Somebody with a browser of their own, nobody being signed in there yet. */
export class Visitor {
  private constructor(
    readonly page: Page,
    /** What the browser minded: errors of scripts, what the content security policy forbids, requests to other places. */
    readonly complaints: readonly string[],
  ) {}

  /** `besides`: the other origins that the browser may ask. In a context: one more window of the same browser. */
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
      // Chromium tells each answer of 4xx; those that are to be are seen on the page.
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

  /** With what is done next, and no sooner: the page, which may look each second, would notice it before. */
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

  /** In the window that asks whether to do it. */
  async confirm(button: string): Promise<void> {
    await this.page.getByRole('dialog').getByRole('button', { name: button, exact: true }).click();
  }

  /** Waits until the page shows it. */
  async sees(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).filter({ visible: true }).first().waitFor();
  }

  async seesHeading(name: string): Promise<void> {
    await this.page.getByRole('heading', { level: 1, name }).waitFor();
  }
}
