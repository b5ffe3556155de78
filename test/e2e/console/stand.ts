import type { ApiScope } from '@integrations/secrets';
import type { Browser, BrowserContext } from 'playwright-core';
import { type AppProcess, startApp } from '../../support/app-process';
import { startChromium } from '../../support/chromium';
import { Platform } from '../platform';
import { Visitor } from './visitor';

/** A catalog-api on its own platform, and a browser. The fields are set once `start` has resolved. */
export class Stand {
  platform!: Platform;
  browser!: Browser;
  app!: AppProcess;

  async start(): Promise<void> {
    this.platform = await Platform.start();
    [this.browser, this.app] = await Promise.all([startChromium(), startApp('catalog-api', this.platform.env)]);
  }

  /** Stops whatever has started. */
  async stop(): Promise<void> {
    await this.browser?.close();
    await this.app?.stop();
    await this.platform?.stop();
  }

  /** A visitor who has just signed in at the page `path`. */
  async signedIn(
    path: string,
    scopes?: readonly ApiScope[],
    from: Browser | BrowserContext = this.browser,
  ): Promise<Visitor> {
    const arrived = await Visitor.arrive(from, this.app.url, path);
    await arrived.signIn(await this.platform.tokenFor('ada', scopes));
    return arrived;
  }
}
