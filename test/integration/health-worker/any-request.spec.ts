import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createService } from '@integrations/bootstrap';
import { loadConfig } from '@integrations/config';
import { RPC } from '@integrations/contracts';
import { IntegrationRepository } from '@integrations/database';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { HealthWorkerConfig } from '../../../apps/health-worker/src/config';
import { HealthWorkerModule } from '../../../apps/health-worker/src/health-worker.module';
import { expectProperAnswers } from '../../support/any-request';
import { FakeJenkins, MAIN, SECRET, USER } from '../../support/fake-jenkins';
import { FakeKubernetes, pod, TOKEN } from '../../support/fake-kubernetes';
import { FakeRegistry } from '../../support/fake-registry';
import { startTestNats, type TestNats } from '../../support/nats';
import { temporaryDirectory } from '../../support/temporary';
import { integration, openDatabase, type TestDatabase } from '../database/support';

const LIST = { limit: 2, q: 'a' };

let db: TestDatabase;
let nats: TestNats;
let caller: NatsConnection;
let app: NestFastifyApplication;
let registry: FakeRegistry;
let digest: string;
let scm: string;
let images: string;
let cluster: FakeKubernetes;
let pods: string;
let jenkins: FakeJenkins;
let jobs: string;
const secrets = temporaryDirectory();

beforeAll(async () => {
  [db, nats, registry, cluster, jenkins] = await Promise.all([
    openDatabase(),
    startTestNats(),
    FakeRegistry.start(),
    FakeKubernetes.start(),
    FakeJenkins.start(),
  ]);
  ({ digest } = registry.repository('team/shop').push('stable'));
  caller = await connect({ servers: nats.url });
  const integrations = new IntegrationRepository(db.database);
  const settings = { authRef: null, config: {} };
  ({ id: scm } = await integrations.insert(integration({ ...settings, endpoint: 'memory://local' })));
  const oci = { type: 'registry', provider: 'oci', endpoint: registry.url } as const;
  ({ id: images } = await integrations.insert(integration({ ...settings, ...oci })));
  cluster.state.objects['pods'] = [pod('shop', 'api'), pod('shop', 'web')];
  mkdirSync(join(secrets, 'acme'));
  writeFileSync(join(secrets, 'acme/token'), TOKEN);
  const host = { type: 'runtime_host', provider: 'kubernetes', endpoint: cluster.url } as const;
  ({ id: pods } = await integrations.insert(integration({ ...host, config: {}, authRef: 'authref://file/token' })));
  writeFileSync(join(secrets, 'acme/jenkins'), SECRET);
  const builds = { type: 'ci', provider: 'jenkins', endpoint: jenkins.url, config: { username: USER } } as const;
  ({ id: jobs } = await integrations.insert(integration({ ...builds, authRef: 'authref://file/jenkins' })));
  const config = loadConfig(HealthWorkerConfig, {
    DATABASE_URL: db.url,
    NATS_URL: nats.url,
    DEFAULT_TENANT: 'acme',
    EGRESS_ALLOW: '127.0.0.1/32',
    SECRETS_DIR: secrets,
    LOG_LEVEL: 'silent',
  });
  const module = HealthWorkerModule.forRoot(config);
  app = await createService({ name: 'health-worker', config, module });
});

afterAll(async () => {
  await app?.close();
  await caller?.close();
  await db?.close();
  await nats?.stop();
  await registry?.close();
  await cluster?.close();
  await jenkins?.close();
  rmSync(secrets, { recursive: true });
});

it.each<[string, () => Record<string, unknown>]>([
  [RPC.probeTest, () => ({ integrationId: scm })],
  [RPC.probeHealth, () => ({ integrationId: scm })],
  [RPC.probeDraft, () => ({ provider: 'in_memory', config: {}, requestedBy: 'property' })],
  [RPC.probeDiscover, () => ({ ...LIST, integrationId: scm, kind: 'repositories' })],
  [RPC.registryRepositories, () => ({ ...LIST, integrationId: images })],
  [RPC.registryTags, () => ({ ...LIST, integrationId: images, repository: 'team/shop' })],
  [RPC.registryResolve, () => ({ integrationId: images, repository: 'team/shop', reference: 'stable' })],
  [RPC.registryReferrers, () => ({ ...LIST, integrationId: images, repository: 'team/shop', digest })],
  [RPC.ciPipelines, () => ({ ...LIST, integrationId: jobs })],
  [RPC.ciRuns, () => ({ integrationId: jobs, limit: 2, pipeline: MAIN, commit: 'a'.repeat(40) })],
  [RPC.runtimeWorkloads, () => ({ ...LIST, integrationId: pods, namespace: 'shop', labels: 'app=api' })],
])(
  '%s answers whatever it is sent, and never as if the fault were its own',
  async (subject, valid) => {
    await expectProperAnswers(caller, subject, valid());
  },
  60_000,
);
