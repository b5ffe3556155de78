import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RPC } from '@integrations/contracts';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { expectProperAnswers } from '../../support/any-request';
import { FakeJenkins, MAIN, SECRET, USER } from '../../support/fake-jenkins';
import { FakeKubernetes, pod, TOKEN } from '../../support/fake-kubernetes';
import { FakeRegistry } from '../../support/fake-registry';
import { temporaryDirectory } from '../../support/temporary';
import { WorkerPlatform } from './platform';

const LIST = { limit: 2, q: 'a' };

let platform: WorkerPlatform;
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
  [platform, registry, cluster, jenkins] = await Promise.all([
    WorkerPlatform.start(),
    FakeRegistry.start(),
    FakeKubernetes.start(),
    FakeJenkins.start(),
  ]);
  ({ digest } = registry.repository('team/shop').push('stable'));
  ({ id: scm } = await platform.integrate());
  const oci = { type: 'registry', provider: 'oci', endpoint: registry.url } as const;
  ({ id: images } = await platform.integrate(oci));
  cluster.state.objects['pods'] = [pod('shop', 'api'), pod('shop', 'web')];
  mkdirSync(join(secrets, 'acme'));
  writeFileSync(join(secrets, 'acme/token'), TOKEN);
  const host = { type: 'runtime_host', provider: 'kubernetes', endpoint: cluster.url } as const;
  ({ id: pods } = await platform.integrate({ ...host, authRef: 'authref://file/token' }));
  writeFileSync(join(secrets, 'acme/jenkins'), SECRET);
  const builds = { type: 'ci', provider: 'jenkins', endpoint: jenkins.url, config: { username: USER } } as const;
  ({ id: jobs } = await platform.integrate({ ...builds, authRef: 'authref://file/jenkins' }));
  app = await platform.startApp({ EGRESS_ALLOW: '127.0.0.1/32', SECRETS_DIR: secrets });
});

afterAll(async () => {
  await app?.close();
  await platform?.stop();
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
])('%s answers any request properly, and never with an error of its own', async (subject, valid) => {
  await expectProperAnswers(platform.caller, subject, valid());
});
