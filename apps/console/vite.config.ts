import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

const root = import.meta.dirname;

/** Asked by `npm run console` alone: the API of `npm start`. */
const API = process.env['API_URL'] ?? 'http://127.0.0.1:4700';

/** Beside each script and style: what browsers are sent of it. */
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
    // Beside main.js of the app that serves it.
    outDir: resolve(root, '../../dist/apps/catalog-api/console'),
    emptyOutDir: true,
    // The content security policy lets no data: URL be a script, style or font.
    assetsInlineLimit: 0,
    // "use client" of libraries, which means nothing without a server that renders.
    rolldownOptions: { checks: { moduleLevelDirective: false } },
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': API, '/console/session': API, '/docs': API },
  },
});
