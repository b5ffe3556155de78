import { globSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { fromDebian, onPath } from '../../scripts/stack/debian-package.ts';
import { temporaryDirectory } from './temporary';

const UNPACKED = resolve('.data', 'chromium');

/** The machine's own Chromium, or that of Debian's package, which is brought if need be; null where none can be had. */
export async function findChromium(): Promise<string | null> {
  const installed = ['chromium', 'chromium-browser', 'google-chrome'].map(onPath).find((path) => path !== null);
  return (
    installed ?? fromDebian('chromium', 'usr/lib/chromium/chromium', ['fonts-dejavu-core'], { dependencies: true })
  );
}

/** Without a window. */
export async function startChromium(): Promise<Browser> {
  const executablePath = await findChromium();
  if (!executablePath) throw new Error('found no Chromium: install it, as with apt-get install chromium');
  // Root may not have a sandbox, and containers often cannot; it shows nothing but our own pages.
  const env = executablePath.startsWith(UNPACKED) ? { env: unpackedEnv() } : {};
  return chromium.launch({ executablePath, args: ['--no-sandbox'], ...env });
}

/** Neither the loader nor fontconfig looks by itself where things were unpacked. */
function unpackedEnv(): Record<string, string> {
  const libraries = globSync(`${UNPACKED}/{usr/,}lib/*-linux-gnu/{,*/}lib*.so*`).map((file) => dirname(file));
  const fonts = join(temporaryDirectory(), 'fonts.conf');
  writeFileSync(fonts, `<fontconfig><dir>${UNPACKED}/usr/share/fonts</dir></fontconfig>`);
  return { PATH: process.env.PATH ?? '', LD_LIBRARY_PATH: [...new Set(libraries)].join(':'), FONTCONFIG_FILE: fonts };
}
