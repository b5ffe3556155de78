import { resolve } from 'node:path';
import { defineConfig } from 'vite';

const root = import.meta.dirname;

/** Asked by `npm run console` alone: the API of `npm start`. */
const API = process.env['API_URL'] ?? 'http://127.0.0.1:4700';

export default defineConfig({
  root,
  base: '/console/',
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
