import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

const root = import.meta.dirname;

/** The API that `npm run console` proxies to: by default that of `npm start`. */
const API = process.env['API_URL'] ?? 'http://127.0.0.1:4700';

/** Writes a gzip file beside each script and style, for the server to send. */
const compressed: Plugin = {
  name: 'compressed',
  writeBundle({ dir = '' }, bundle) {
    for (const file of Object.keys(bundle).filter((name) => /\.(js|css)$/.test(name))) {
      const path = join(dir, file);
      writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)));
    }
  },
};

export default defineConfig({
  root,
  base: '/console/',
  plugins: [compressed],
  cacheDir: resolve(root, '../../node_modules/.cache/vite'),
  resolve: { tsconfigPaths: true },
  build: {
    // Beside main.js of catalog-api, which serves the console.
    outDir: resolve(root, '../../dist/apps/catalog-api/console'),
    emptyOutDir: true,
    // The content security policy forbids data: URLs for scripts, styles and fonts.
    assetsInlineLimit: 0,
    // Libraries contain "use client", which has no meaning without server rendering.
    rolldownOptions: { checks: { moduleLevelDirective: false } },
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': API, '/console/session': API, '/docs': API },
  },
});
