import { globSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { fromDebian, onPath } from '../../scripts/stack/debian-package.ts';
import { temporaryDirectory } from './temporary';

// Chromium without windows: the same pages take a quarter less processor time than in one that could show windows.
const SHELL = 'chromium-headless-shell';
const UNPACKED = resolve('.data', SHELL);

/** The machine's own Chromium, or that of Debian's package, which is fetched if needed; null if neither is available. */
export async function findChromium(): Promise<string | null> {
  const installed = [SHELL, 'chromium', 'chromium-browser', 'google-chrome'].map(onPath).find((path) => path !== null);
  return installed ?? fromDebian(SHELL, `usr/lib/chromium/${SHELL}`, ['fonts-dejavu-core'], { dependencies: true });
}

/** Starts Chromium without a window. */
export async function startChromium(): Promise<Browser> {
  const executablePath = await findChromium();
  if (!executablePath)
    throw new Error('found no Chromium: install it, as with apt-get install chromium-headless-shell');
  // No sandbox: root may not use one, and containers often cannot. The browser only shows our own pages.
  const env = executablePath.startsWith(UNPACKED) ? { env: unpackedEnv() } : {};
  return chromium.launch({ executablePath, args: ['--no-sandbox'], ...env });
}

/** Tells the loader and fontconfig where the package was unpacked. */
function unpackedEnv(): Record<string, string> {
  const libraries = globSync(`${UNPACKED}/{usr/,}lib/*-linux-gnu/{,*/}lib*.so*`).map((file) => dirname(file));
  const fonts = join(temporaryDirectory(), 'fonts.conf');
  writeFileSync(fonts, `<fontconfig><dir>${UNPACKED}/usr/share/fonts</dir></fontconfig>`);
  return { PATH: process.env.PATH ?? '', LD_LIBRARY_PATH: [...new Set(libraries)].join(':'), FONTCONFIG_FILE: fonts };
}
