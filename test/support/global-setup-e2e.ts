import { resolve } from 'node:path';
import { build } from '../../scripts/stack/build.ts';
import { findChromium } from './chromium';
import globalSetup from './global-setup';

/** As for the integration specs; and the apps and the browser, of which several specs at once must not each see to it. */
export default async function globalSetupE2e(): Promise<void> {
  await build(resolve('.'));
  await findChromium();
  await globalSetup();
}
