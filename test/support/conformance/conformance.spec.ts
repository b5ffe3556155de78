import { AssertionError } from 'node:assert';
import { annotationRequests } from './annotation-requests';
import { conformanceChecks, describeProviderConformance } from './describe-provider-conformance';
import { ANNOTATION_FLAWS } from './model/annotation-flaws';
import { FLAWS as PLUGIN_FLAWS } from './model/flaws';
import { createModelPlugin } from './model/plugin';
import { ModelVendor } from './model/vendor';
import { Rig } from './rig';
import type { ConformanceSubject } from './subject';

const FLAWS = [...PLUGIN_FLAWS, ...ANNOTATION_FLAWS];
const API_KEY = 'model-key-0123456789-abcdefghij';
const headSha = 'c'.repeat(40);
const { check_run: _, ...requests } = annotationRequests({
  ...{ owner: 'acme', repository: 'shop', pullRequestNumber: 1, headSha },
});

const subject: ConformanceSubject = {
  createPlugin: createModelPlugin,
  config: { shop: 'corner', floor: 1 },
  credential: API_KEY,
  requests,
  vendor: { wire: { start: () => ModelVendor.start(API_KEY) } },
};

describeProviderConformance(subject);

describe('The conformance suite', () => {
  describe.each(FLAWS)('rejects a plugin that $name:', ({ plugin, noticedBy }) => {
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

  it('has a failing plugin for every check', () => {
    const unproven = conformanceChecks(subject).filter(
      ({ title }) => !FLAWS.some((flaw) => flaw.noticedBy.test(title)),
    );

    expect(unproven.map(({ title }) => title)).toEqual([]);
  });
});
