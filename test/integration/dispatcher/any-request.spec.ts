import { RPC } from '@integrations/contracts';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { expectProperAnswers } from '../../support/any-request';
import { DispatcherPlatform } from './platform';

const SHA = 'd'.repeat(40);
const place = {
  owner: 'octo',
  repository: 'demo',
  upsertKey: 'any',
  revision: 1,
  deadlineMs: 10_000,
  wait: 'accepted',
};
const annotation = { path: 'src/a.ts', startLine: 3, endLine: 4, annotationLevel: 'warning', message: 'Look.' };
const finding = { ruleId: 'no-eval', severity: 'high', message: 'eval', path: 'src/a.ts', startLine: 3 };

let platform: DispatcherPlatform;
let app: NestFastifyApplication;
let operationId: string;

beforeAll(async () => {
  platform = await DispatcherPlatform.start();
  await platform.integrate();
  app = await platform.startApp();
  const { owner, repository } = place;
  const reply = await platform.ask(RPC.scmComment, { owner, repository, pullRequestNumber: 1, body: 'Hello.' });
  operationId = reply.operationId!;
});
afterAll(async () => {
  await app?.close();
  await platform?.stop();
});

it.each<[string, () => Record<string, unknown>]>([
  [RPC.scmComment, () => ({ ...place, pullRequestNumber: 7, body: 'Two findings.', updateExisting: true })],
  [RPC.scmStatus, () => ({ ...place, commitSha: SHA, state: 'success', context: 'scan', targetUrl: 'https://x.test' })],
  [RPC.scmCheckRun, () => ({ ...place, headSha: SHA, name: 'scan', conclusion: 'neutral', annotations: [annotation] })],
  [
    RPC.scmPublish,
    () => ({
      ...{ ...place, pullRequestNumber: 7, headSha: SHA, title: 'Scan', maxInline: 3, failOn: 'high' },
      ...{ source: { findings: [finding] }, show: { comment: true }, policies: { outdated: 'keep' } },
    }),
  ],
  [RPC.scmOperation, () => ({ operationId })],
])('%s answers any request properly, and never with an error of its own', async (subject, valid) => {
  await expectProperAnswers(platform.caller, subject, valid());
});
