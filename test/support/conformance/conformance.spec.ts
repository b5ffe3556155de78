import { AssertionError } from 'node:assert';
import { ScmCommentRequest, ScmStatusRequest } from '@integrations/contracts';
import { conformanceChecks, describeProviderConformance } from './describe-provider-conformance';
import { ANNOTATION_FLAWS } from './model/annotation-flaws';
import { FLAWS as PLUGIN_FLAWS } from './model/flaws';
import { createModelPlugin } from './model/plugin';
import { ModelVendor } from './model/vendor';
import { Rig } from './rig';
import type { ConformanceSubject } from './subject';

const FLAWS = [...PLUGIN_FLAWS, ...ANNOTATION_FLAWS];
const API_KEY = 'model-key-0123456789-abcdefghij';
const SHA = 'c'.repeat(40);

const subject: ConformanceSubject = {
  createPlugin: createModelPlugin,
  config: { shop: 'corner', floor: 1 },
  credential: API_KEY,
  requests: {
    comment: Object.assign(new ScmCommentRequest(), {
      owner: 'acme',
      repository: 'shop',
      pullRequestNumber: 1,
      body: 'All good.',
    }),
    status: Object.assign(new ScmStatusRequest(), {
      owner: 'acme',
      repository: 'shop',
      commitSha: SHA,
      state: 'success',
      context: 'scan',
    }),
    inline_comments: {
      ...{ owner: 'acme', repository: 'shop', pullRequestNumber: 1, headSha: SHA, outdated: 'resolve' },
      comments: [1, 2].map((line) => ({
        ...{ fingerprint: `f${line}`, path: 'a.ts', startLine: line, endLine: line, body: 'Look here.' },
      })),
    },
    pull_request: { owner: 'acme', repository: 'shop', pullRequestNumber: 1 },
  },
  vendor: { wire: { start: () => ModelVendor.start(API_KEY) } },
};

describeProviderConformance(subject);

describe('The conformance suite', () => {
  describe.each(FLAWS)('holds it against a plugin that $name:', ({ plugin, noticedBy }) => {
    const flawed: ConformanceSubject = { ...subject, createPlugin: plugin };
    const checks = conformanceChecks(flawed).filter(({ title }) => noticedBy.test(title));
    let rig: Rig;
    beforeAll(async () => {
      jest.spyOn(console, 'debug').mockImplementation();
      rig = await Rig.start(flawed);
    });
    afterAll(() => rig.stop());

    it.each(checks)('$title', async ({ run }) => {
      await expect(run(rig)).rejects.toBeInstanceOf(AssertionError);
    });
  });

  it('has no check that none of these plugins fails', () => {
    const unproven = conformanceChecks(subject).filter(
      ({ title }) => !FLAWS.some((flaw) => flaw.noticedBy.test(title)),
    );

    expect(unproven.map(({ title }) => title)).toEqual([]);
  });
});
