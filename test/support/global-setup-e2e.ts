import { resolve } from 'node:path';
import { build } from '../../scripts/stack/build.ts';
import { findChromium } from './chromium';
import globalSetup from './global-setup';

/** Like the set-up of the integration specs. Also prepares apps and browser, so that concurrent specs do not each do it. */
export default async function globalSetupE2e(): Promise<void> {
  await build(resolve('.'));
  await findChromium();
  await globalSetup();
}
