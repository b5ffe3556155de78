import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { APPS, nodeFlags } from './stack/build.ts';
import { ended, startChild } from './stack/child.ts';

interface Service {
  readonly image?: string;
  readonly build?: { readonly args: { readonly APP: string } };
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly healthcheck?: { readonly test?: readonly string[] };
}
interface Compose {
  readonly name: string;
  readonly services: Readonly<Record<string, Service>>;
}

const ROOT = join(__dirname, '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

const DOCKERFILE = read('docker/Dockerfile');
const COMPOSE_FILE = read('docker/compose.yaml');
const { name, services } = parse(COMPOSE_FILE, { merge: true }) as Compose;
const PROJECTS = Object.keys((JSON.parse(read('nest-cli.json')) as { projects: object }).projects);

describe('docker/Dockerfile', () => {
  it('copies only files that exist and that .dockerignore lets into the build', () => {
    const sources = [...DOCKERFILE.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths]) => paths!.split(' '));
    expect(sources).toContain('package-lock.json');
    expect(sources.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    const ignored = read('.dockerignore').split('\n');
    expect(sources.filter((path) => ignored.includes(path))).toEqual([]);
  });

  it('runs an app that ends on SIGTERM while it loads, even as PID 1', async () => {
    const [, loaded] = /--import=\.\/(heed-signals\.mjs) /.exec(DOCKERFILE)!;
    expect(DOCKERFILE).toMatch(new RegExp(`^COPY --from=build .*/src/apps/${loaded} `, 'm'));
    const loading = ['-e', 'process.stdout.write("loading"); setTimeout(() => undefined, 60_000)'];
    const child = startChild(process.execPath, [`--import=${join(ROOT, 'apps', loaded!)}`, ...loading]);
    await new Promise((resolve) => child.stdout!.once('data', resolve));
    child.kill('SIGTERM');
    await ended(child);
    expect([child.exitCode, child.signalCode]).toEqual([143, null]);
  });

  it('keeps the files in docker/ that .gitignore lists out of the build', () => {
    const secret = read('.gitignore').match(/^docker\/.+$/gm)!;
    expect(read('.dockerignore').split('\n')).toEqual(expect.arrayContaining(secret));
  });

  it('installs the production packages independently of the app', () => {
    const [, production] = /^FROM packages AS production\n(.+?)^FROM /ms.exec(DOCKERFILE)!;
    expect(production).toContain('npm prune --omit=dev');
    expect(production).not.toContain('APP');
  });

  it('leaves out the compiler, which npm otherwise keeps as an optional peer of a production package', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { devOptional?: true }> };
    expect(packages['node_modules/typescript']!.devOptional).toBe(true);
    expect(DOCKERFILE).toContain('npm prune --omit=dev --omit=optional ');
  });

  it('names its user by number, which Kubernetes requires with runAsNonRoot', () => {
    expect(/^USER (.+)$/m.exec(DOCKERFILE)![1]).toMatch(/^[1-9]\d*$/);
  });
});

describe('docker/compose.yaml', () => {
  it('builds only apps that exist, and mounts only files that exist', () => {
    const built = Object.values(services).flatMap(({ build }) => build?.args.APP ?? []);
    expect(new Set(built)).toEqual(new Set(PROJECTS));
    const mounted = Object.values(services).flatMap(({ volumes }) => volumes ?? []);
    const files = mounted.map((volume) => volume.split(':')[0]!).filter((path) => path.startsWith('./'));
    expect(files.filter((path) => !existsSync(join(ROOT, 'docker', path)))).toEqual([]);
  });

  it('has its own project name, not the name of the directory', () => expect(name).toBe('integrations'));

  it('uses one image for the command line and the migration', () => {
    expect([services.cli!.image, services.migrate!.image]).toEqual(['integrations-cli', 'integrations-cli']);
    expect(services.cli!.build).toEqual(services.migrate!.build);
  });

  it('waits for PostgreSQL over TCP, as other services reach it', () => {
    expect(services.postgres!.healthcheck!.test).toContain('--host=127.0.0.1');
  });

  it('confines all services except PostgreSQL, which changes its user', () => {
    const confined = { read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] };
    const { postgres: _, ...others } = services;
    for (const service of Object.values(others)) expect(service).toMatchObject(confined);
  });

  it.each(APPS)('gives %s the flags that it has in npm start', (app) => {
    const [, ofImage] = /^ENV V8_FLAGS="(.+)"$/m.exec(DOCKERFILE)!;
    const flags = (services[app]!.environment!.V8_FLAGS ?? ofImage!).split(' ');
    expect(new Set(flags)).toEqual(new Set(nodeFlags(app).filter((flag) => !flag.startsWith('--import'))));
  });

  const EGRESS = ['EGRESS_ALLOW', 'EGRESS_UNIX_SOCKETS', 'EGRESS_PROXY', 'EGRESS_NO_PROXY'];
  const SIGN_IN = [
    ...['OIDC_ISSUER', 'OIDC_AUDIENCE', 'OIDC_TENANT_CLAIM', 'OIDC_SCOPE_CLAIM', 'TRUSTED_PROXIES'],
    ...['CONSOLE_OIDC_CLIENT_ID', 'CONSOLE_OIDC_SCOPES', 'CONSOLE_URL'],
  ];

  it.each([
    ...APPS.map((app) => ['the egress settings', app, EGRESS] as const),
    ['the settings for signing in at the issuer', 'catalog-api', SIGN_IN] as const,
  ])('passes %s on to %s', (_what, app, keys) => {
    for (const key of keys) expect(services[app]!.environment).toHaveProperty(key, `\${${key}:-}`);
  });

  it('requires each password of nats.conf, and docs/operations/permissions.md generates all of them', () => {
    const users = [...read('docker/nats.conf').matchAll(/^[^#\n]+password: \$(\w+)/gm)].map(
      ([, variable]) => variable!,
    );
    expect(users).toEqual(Object.keys(services.nats!.environment!));
    const [, made] = /^for name in (.+); do\n {2}echo "\$\{name\}_PASSWORD=/m.exec(
      read('docs/operations/permissions.md'),
    )!;
    const required = [...COMPOSE_FILE.matchAll(/\$\{(\w+):\?/g)].map(([, variable]) => variable);
    expect(new Set(made!.split(' ').map((user) => `${user}_PASSWORD`))).toEqual(new Set(required));
  });
});

it('docker/nats.conf has NATS acknowledge messages only once they are on disk', () => {
  expect(read('docker/nats.conf')).toMatch(/^jetstream \{[^}]*^ {2}sync_interval: always$/m);
});
