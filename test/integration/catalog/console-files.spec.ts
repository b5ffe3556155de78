import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import { join } from 'node:path';
import { temporaryDirectory } from '../../support/temporary';
import { expectProblem, startCatalog, type TestCatalog } from './support';

const PAGE = '<!doctype html><script type="module" src="/console/assets/index-4f2d8c1b.js"></script>';
const SCRIPT = 'console.log("integrations")';
const POLICY =
  "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;connect-src 'self';font-src 'self';" +
  "base-uri 'none';form-action 'none';frame-ancestors 'none'";

describe('the console', () => {
  let folder: string;
  let catalog: TestCatalog;

  beforeAll(async () => {
    const root = temporaryDirectory();
    folder = join(root, 'console');
    mkdirSync(join(folder, 'assets'), { recursive: true });
    writeFileSync(join(folder, 'index.html'), PAGE);
    writeFileSync(join(folder, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
    writeFileSync(join(folder, 'assets', 'index-4f2d8c1b.js'), SCRIPT);
    writeFileSync(join(folder, 'assets', 'large-5a3e9d2c.js'), SCRIPT);
    writeFileSync(join(folder, 'assets', 'large-5a3e9d2c.js.gz'), 'compressed');
    writeFileSync(join(root, 'main.js'), 'what lies beside the build');
    catalog = await startCatalog({}, folder);
  });
  afterAll(() => catalog.close());

  const get = (path: string) => catalog.anonymous().call('GET', path);

  /** Sends the path unchanged: fetch normalises paths, and adds `no-cache` to conditional requests. */
  const getRaw = (path: string, headers: OutgoingHttpHeaders = {}) =>
    new Promise<{ status: number | undefined; text: string; headers: IncomingHttpHeaders }>((resolve, reject) => {
      const sent = request(catalog.origin, { path, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode, text, headers: response.headers }));
      });
      sent.on('error', reject).end();
    });

  it.each(['/console/', '/console/index.html', '/console/integrations', '/console/integrations/7?tab=health'])(
    'is one page, revalidated each time: %s',
    async (path) => {
      const { status, text, headers } = await get(path);
      expect([status, text]).toEqual([200, PAGE]);
      expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(headers.get('cache-control')).toBe('no-cache');
      expect(headers.get('content-security-policy')).toBe(POLICY);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    },
  );

  it('lets browsers cache files with a hash in their name for good', async () => {
    const { status, text, headers } = await get('/console/assets/index-4f2d8c1b.js');
    expect([status, text]).toEqual([200, SCRIPT]);
    expect(headers.get('content-type')).toBe('application/javascript; charset=utf-8');
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(headers.get('content-security-policy')).toBe(POLICY);
    const icon = await get('/console/icon.svg');
    expect([icon.headers.get('content-type'), icon.headers.get('cache-control')]).toEqual([
      'image/svg+xml',
      'no-cache',
    ]);
  });

  it('answers 304 to a browser that already has the file', async () => {
    const path = '/console/assets/index-4f2d8c1b.js';
    const { headers } = await get(path);
    const again = await getRaw(path, { 'if-none-match': headers.get('etag')! });
    expect([again.status, again.text]).toEqual([304, '']);
    expect(again.headers['cache-control']).toBe(headers.get('cache-control'));
  });

  it('is sent again after a new build, even when the page has the same size and time', async () => {
    const page = PAGE.replace('4f2d8c1b', '88888888');
    const file = join(folder, 'index.html');
    utimesSync(file, 0, 0);
    const { headers } = await get('/console/');
    writeFileSync(file, page);
    utimesSync(file, 0, 0);
    try {
      const had = {
        'if-none-match': headers.get('etag') ?? '',
        'if-modified-since': headers.get('last-modified') ?? '',
      };
      const { status, text } = await getRaw('/console/', had);
      expect([status, text]).toEqual([200, page]);
    } finally {
      writeFileSync(file, PAGE);
    }
  });

  it.each([
    ['gzip', 'gzip'],
    ['gzip, deflate, br, zstd', 'gzip'],
    ['identity', undefined],
    ['br', undefined],
  ])("sends the build's compressed file to a client that accepts it: %s", async (taken, coding) => {
    const { status, text, headers } = await getRaw('/console/assets/large-5a3e9d2c.js', { 'accept-encoding': taken });
    expect([status, text]).toEqual([200, coding ? 'compressed' : SCRIPT]);
    expect(headers['content-encoding']).toBe(coding);
    expect(headers['content-type']).toBe('application/javascript; charset=utf-8');
    expect(headers['cache-control']).toContain('immutable');
    expect(headers.vary).toBe('accept-encoding');
    const page = await getRaw('/console/', { 'accept-encoding': taken });
    expect([page.text, page.headers['content-encoding']]).toEqual([PAGE, undefined]);
  });

  it.each(['/console/', '/console/integrations', '/console/assets/index-4f2d8c1b.js'])(
    'sends headers alone for HEAD: %s',
    async (path) => {
      const { text } = await get(path);
      const head = await catalog.anonymous().call('HEAD', path);
      expect([head.status, head.text]).toEqual([200, '']);
      expect(head.headers.get('content-length')).toBe(String(text.length));
    },
  );

  it.each(['/', '/console'])('is the target of a redirect from %s', async (path) => {
    const { status, headers } = await fetch(catalog.origin + path, { redirect: 'manual' });
    expect([status, headers.get('location')]).toEqual([302, '/console/']);
  });

  it.each(['/console/assets/index-00000000.js', '/console/assets/', '/console/%61ssets/gone.css'])(
    'answers 404, not the page, for a missing file: %s',
    async (path) => {
      const answer = await get(path);
      expectProblem(answer, 404, 'not_found');
      expect(answer.headers.get('cache-control')).toBe('no-store');
    },
  );

  it.each([
    '/console/../main.js',
    '/console/..%2fmain.js',
    '/console/%2e%2e/main.js',
    '/console/assets/../../main.js',
    '/console/assets/..%2f..%2fmain.js',
    '/console//etc/passwd',
    '/console/..%5cmain.js',
    '/console/index.html%00',
  ])('serves nothing outside the build: %s', async (path) => {
    const { status, text } = await getRaw(path);
    expect([200, 404]).toContain(status);
    expect(status === 200 ? text : PAGE).toBe(PAGE);
    expect(text).not.toContain('what stands beside');
  });

  it('redirects from a malformed address, for example a truncated link, to the first page', async () => {
    const answer = await getRaw('/console/integrations/%E0%A4%A');
    expect([answer.status, answer.headers.location]).toEqual([302, '/console/']);
  });

  it.each(['/console/', '/console/integrations', '/console', '/'])('allows only GET and HEAD: %s', async (path) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const answer = await catalog.anonymous().call(method, path);
      expectProblem(answer, 405, 'unsupported_operation');
      expect(answer.headers.get('allow')).toBe('GET, HEAD');
    }
  });

  it('serves a new build without a restart', async () => {
    const page = PAGE.replace('4f2d8c1b', '99999999');
    expect((await get('/console/assets/index-99999999.js')).status).toBe(404);
    writeFileSync(join(folder, 'assets', 'index-99999999.js'), SCRIPT);
    writeFileSync(join(folder, 'index.html'), page);
    try {
      expect((await get('/console/')).text).toBe(page);
      expect((await get('/console/assets/index-99999999.js')).status).toBe(200);
    } finally {
      writeFileSync(join(folder, 'index.html'), PAGE);
    }
  });

  it('is not served under any other path', async () => {
    for (const path of ['/consoles', '/console2/', '/api/v1/console/', '/nothing']) {
      expectProblem(await get(path), 404, 'not_found');
    }
    expect((await get('/docs')).headers.get('content-security-policy')).toContain("'unsafe-inline'");
  });
});

describe('a console that was not built', () => {
  const empty = temporaryDirectory();

  it.each([
    ['no folder', undefined],
    ['an empty folder', empty],
    ['a folder that is not there', join(empty, 'console')],
  ])('is reported as missing: %s', async (_what, folder) => {
    const catalog = await startCatalog({}, folder);
    try {
      for (const path of ['/console/', '/console/integrations', '/console/assets/index.js', '/console', '/']) {
        const answer = await catalog.anonymous().call('GET', path);
        expectProblem(answer, 404, 'not_found');
        expect(answer.text).toContain('the console has not been built');
      }
      expect((await (await catalog.client()).call('GET', '/console/session')).status).toBe(200);
    } finally {
      await catalog.close();
    }
  });
});
