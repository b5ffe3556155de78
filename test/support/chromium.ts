import { globSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { fromDebian, onPath } from '../../scripts/stack/debian-package.ts';

/** A headless Chromium: the machine's own, or that of Debian's package. */
export async function startChromium(): Promise<Browser> {
  const installed = ['chromium', 'chromium-browser', 'google-chrome'].map(onPath).find((path) => path !== null);
  const executablePath = installed ?? (await unpackedChromium());
  if (!executablePath) throw new Error('found no Chromium: install it, as with apt-get install chromium');
  // Root may not have a sandbox, and containers often cannot; it shows nothing but our own pages.
  const env = installed ? {} : { env: unpackedEnv(resolve('.data', 'chromium')) };
  return chromium.launch({ executablePath, args: ['--no-sandbox'], ...env });
}

function unpackedChromium(): Promise<string | null> {
  return fromDebian('chromium', 'usr/lib/chromium/chromium', ['fonts-dejavu-core'], { dependencies: true });
}

/** Neither the loader nor fontconfig looks by itself where things were unpacked. */
function unpackedEnv(directory: string): Record<string, string> {
  const libraries = globSync(`${directory}/{usr/,}lib/*-linux-gnu/{,*/}lib*.so*`).map((file) => dirname(file));
  const fonts = `${directory}/fonts.conf`;
  writeFileSync(fonts, `<fontconfig><dir>${directory}/usr/share/fonts</dir></fontconfig>`);
  return { PATH: process.env.PATH ?? '', LD_LIBRARY_PATH: [...new Set(libraries)].join(':'), FONTCONFIG_FILE: fonts };
}
