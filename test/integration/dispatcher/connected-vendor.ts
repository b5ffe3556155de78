import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FakeScm } from '../../support/fake-vendor/fake-scm';
import { DispatcherPlatform, type Reply } from './platform';

interface VendorOptions {
  readonly provider: string;
  /** A pull request of the fake. */
  readonly target: {
    readonly owner: string;
    readonly repository: string;
    readonly pullRequestNumber: number;
    readonly headSha: string;
  };
  /** The credential and config of each tenant's connection. */
  readonly connections: Readonly<
    Record<string, { readonly secret: string; readonly config?: Record<string, unknown> }>
  >;
  start(): Promise<FakeScm>;
}

type Ask = (request?: object, headers?: Record<string, string>) => Promise<Reply>;

interface ConnectedVendor {
  readonly comment: Ask;
  readonly status: Ask;
  /** Posts a check run with the conclusion `failure`, unless the request says otherwise. */
  readonly checkRun: Ask;
  /** Publishes to every place, unless `more` says otherwise. */
  publish(findings: readonly object[], more?: object): Promise<Reply>;
  readonly operation: Ask;
}

/** A finding in the file that the pull request adds. */
export const FINDING = { ruleId: 'no-eval', severity: 'high', title: 'No eval', path: 'src/a.ts', startLine: 2 };
export const ANNOTATION = {
  ...{ path: 'src/a.ts', startLine: 3, endLine: 4 },
  ...{ annotationLevel: 'failure', message: 'eval' },
};
/** The result of `publish` if nothing was shown before. */
export const ALL_CREATED = {
  ...{ outcome: 'created', checkRun: { outcome: 'created' }, status: { outcome: 'created' } },
  ...{ comment: { outcome: 'created' }, inline: { outcome: 'created' } },
};

/**
 * Starts the app and connects it to a fake vendor for the specs of a file. Each spec begins with a reset vendor, and fails
 * if a request did not match the vendor's description.
 */
export function connectVendor({ provider, target, connections, start }: VendorOptions): ConnectedVendor {
  let platform: DispatcherPlatform;
  let vendor: FakeScm;
  let app: NestFastifyApplication;

  beforeAll(async () => {
    vendor = await start();
    platform = await DispatcherPlatform.start();
    for (const [tenantId, { secret, config = {} }] of Object.entries(connections)) {
      const authRef = platform.storeSecret(tenantId, 'vendor.secret', secret);
      await platform.integrate({ tenantId, provider, endpoint: vendor.url, authRef, config });
    }
    app = await platform.startApp();
  });
  beforeEach(() => vendor.reset());
  afterEach(() => expect(vendor.violations).toEqual([]));
  afterAll(async () => {
    await app?.close();
    await platform?.stop();
    await vendor?.stop();
  });

  const { owner, repository, pullRequestNumber, headSha } = target;
  const asker =
    (operation: string, usual: object): Ask =>
    (request, headers) =>
      platform.ask(`integrations.v1.rpc.scm.${operation}`, { ...usual, ...request }, headers);
  const place = { owner, repository };
  const publish = asker('publish', {
    ...{ ...place, pullRequestNumber, headSha, upsertKey: 'sast' },
    show: { comment: true, inline: true, checkRun: { name: 'scan' }, status: { context: 'scan' } },
  });
  return {
    comment: asker('comment', { ...place, pullRequestNumber }),
    status: asker('status', { ...place, commitSha: headSha }),
    checkRun: asker('check_run', {
      ...{ ...place, headSha, name: 'scan' },
      ...{ conclusion: 'failure', summary: 'One finding.' },
    }),
    publish: (findings, more) => publish({ source: { findings }, ...more }),
    operation: asker('operation', {}),
  };
}
