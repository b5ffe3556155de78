import { randomUUID } from 'node:crypto';
import { type OutdatedPolicy, ScmCheckRunRequest, type ScmCheckRunResponse } from '@integrations/contracts';
import type { AnnotationContext, EgressClient } from '@integrations/provider-kit';
import { loopbackEgress } from './fake-vendor/connection';
import type { FakeScm } from './fake-vendor/fake-scm';

/** A vendor without native check runs, where a status and a comment stand for one. */
export interface EmulatedCheckRuns<F extends FakeScm> {
  /** Its pull request changes `changed.ts`. */
  start(): Promise<F>;
  createCheckRun(
    fake: F,
    egress: EgressClient,
    request: ScmCheckRunRequest,
    context: AnnotationContext,
  ): Promise<ScmCheckRunResponse>;
  /** The comments on the pull request. */
  notes(fake: F): string[];
  readonly of: Pick<ScmCheckRunRequest, 'owner' | 'repository' | 'headSha'>;
  /** The number of the pull request with that head. */
  readonly pullRequest: number;
  /** The vendor's limit for a comment, in characters. */
  readonly longest: number;
}

const UNPLACED = { path: 'other.ts', startLine: 3, endLine: 3, annotationLevel: 'failure', message: 'eval' } as const;
const PLACED = { ...UNPLACED, path: 'changed.ts' };

/** Specs of the comment of an emulated check run, the same for every vendor. */
export function describeEmulatedCheckRuns<F extends FakeScm>(vendor: EmulatedCheckRuns<F>): void {
  describe('createCheckRun', () => {
    let fake: F;
    let egress: EgressClient;

    const post = (
      fields: Partial<ScmCheckRunRequest>,
      { leaveAlone, outdated }: { leaveAlone?: number; outdated?: OutdatedPolicy } = {},
    ) => {
      const ofHead = { ...vendor.of, name: 'scan', conclusion: 'failure' };
      const request = Object.assign(new ScmCheckRunRequest(), { ...ofHead, ...fields });
      const operation = { operationId: randomUUID(), upsertKey: 'scan', signal: AbortSignal.timeout(60_000) };
      return vendor.createCheckRun(fake, egress, request, { ...operation, leaveAlone, outdated });
    };
    const notes = () => vendor.notes(fake);

    beforeAll(async () => {
      egress = loopbackEgress();
      fake = await vendor.start();
    });
    afterEach(() => {
      expect(fake.violations).toEqual([]);
      fake.reset();
    });
    afterAll(async () => {
      await egress.close();
      await fake.stop();
    });

    it('empties its comment when nothing is left to report, and creates none without findings', async () => {
      await post({ conclusion: 'success', annotations: [] });
      expect(notes()).toEqual([]);

      await post({ annotations: [UNPLACED] });
      expect(notes()).toEqual([expect.stringMatching(/^### ` scan `: failure\n\n.*other\.ts:3.*eval/s)]);
      await post({ status: 'in_progress', conclusion: undefined as never, annotations: [] });
      expect(notes()).toEqual([expect.stringContaining('eval')]);

      expect(await post({ conclusion: 'success', annotations: [] })).toMatchObject({ outcome: 'updated' });
      expect(notes()).toEqual([expect.stringMatching(/^### ` scan `: success\n\n[^\n]*integrations:[^\n]*$/)]);
      expect(await post({ conclusion: 'success', annotations: [] })).toMatchObject({ outcome: 'unchanged' });
    });

    it('reports how much of its comment was cut', async () => {
      // There is room for one of them, but not for both.
      const long = 'x'.repeat((vendor.longest * 2) / 3);
      const { truncated } = await post({ summary: long, text: long });

      const was = '### ` scan `: failure\n\n\n\n'.length + 2 * long.length;
      expect(truncated).toEqual([{ field: 'text', was, now: expect.any(Number), unit: 'characters' }]);
      expect(notes()[0]).toHaveLength(vendor.longest);
      expect((await post({ summary: long })).truncated).toEqual([]);
    });

    it('resolves the remarks of earlier runs, unless they must be kept', async () => {
      await post({ summary: 'Same.', annotations: [PLACED] });

      const nothing = { summary: 'Same.', annotations: [] };
      expect(await post(nothing, { outdated: 'keep' })).toMatchObject({ outcome: 'unchanged' });
      expect(await post(nothing)).toMatchObject({ outcome: 'updated' });
    });

    it('posts nothing to the pull request given as leaveAlone, and still concludes', async () => {
      const posted = await post({ summary: 'One.', annotations: [UNPLACED] }, { leaveAlone: vendor.pullRequest });

      expect(posted).toMatchObject({ outcome: 'created', conclusion: 'failure', annotationsPosted: 0 });
      expect(notes()).toEqual([]);
      const other = { leaveAlone: vendor.pullRequest + 1 };
      expect(await post({ summary: 'One.', annotations: [UNPLACED] }, other)).toMatchObject({ annotationsPosted: 1 });
      expect(notes()).toHaveLength(1);
    });
  });
}
