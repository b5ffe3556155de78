import fc from 'fast-check';
import { ScmCheckRunRequest, ScmCommentRequest, ScmStatusRequest } from './scm-requests';
import { validate } from './validation';

const SHA = 'a'.repeat(40);
const COMMENT = { owner: 'acme', repository: 'webshop', pullRequestNumber: 7, body: 'Hello' };
const STATUS = { owner: 'acme', repository: 'webshop', commitSha: SHA, state: 'success', context: 'scan' };
const ANNOTATION = { path: 'src/a.ts', startLine: 1, endLine: 2, annotationLevel: 'warning', message: 'weak' };
const CHECK_RUN = { owner: 'acme', repository: 'webshop', headSha: SHA, name: 'scan', annotations: [ANNOTATION] };

function errorsOf(dto: new () => object, input: unknown): string[] {
  const checked = validate(dto, input);
  return checked.ok ? [] : checked.errors.map(({ field, message }) => `${field}: ${message}`);
}

describe('SCM requests', () => {
  it('get their defaults', () => {
    expect(validate(ScmCommentRequest, COMMENT)).toMatchObject({
      ok: true,
      value: { updateExisting: true, wait: 'completed' },
    });
  });

  it('accept null for an absent field, as many languages write it', () => {
    const nulls = { integrationId: null, upsertKey: null, revision: null, wait: null, updateExisting: null };
    const checked = validate(ScmCommentRequest, { ...COMMENT, ...nulls });
    expect(checked).toMatchObject({ ok: true, value: { updateExisting: true, wait: 'completed' } });
    expect(checked.ok && checked.value.upsertKey).toBeUndefined();
  });

  it('accept null for an absent field in a list as well', () => {
    const checked = validate(ScmCheckRunRequest, { ...CHECK_RUN, annotations: [{ ...ANNOTATION, title: null }] });
    expect(checked).toEqual(validate(ScmCheckRunRequest, { ...CHECK_RUN, annotations: [ANNOTATION] }));
  });

  it('accept subgroups as owner, but only one name as repository', () => {
    expect(errorsOf(ScmStatusRequest, { ...STATUS, owner: 'group/sub/team' })).toEqual([]);
    expect(errorsOf(ScmStatusRequest, { ...STATUS, repository: 'a/b' })).toEqual([
      expect.stringMatching(/^repository: must be one name without slashes/),
    ]);
  });

  it.each([
    [{ pullRequestNumber: 0 }, 'pullRequestNumber: must not be less than 1'],
    [{ pullRequestNumber: '7' }, 'pullRequestNumber: must be an integer number'],
    [{ pullRequestNumber: 1.5 }, 'pullRequestNumber: must be an integer number'],
    [{ body: '' }, 'body: must be longer than or equal to 1 characters'],
    [{ body: 'a\u0000b' }, 'body: must not contain the NUL character'],
    [{ body: 'a\ud800b' }, 'body: must be well-formed Unicode (no lone surrogates)'],
    [{ owner: '../etc' }, expect.stringMatching(/^owner: must be a relative path/)],
    [{ owner: 'acme\u202e' }, expect.stringMatching(/^owner: must be a relative path/)],
    [{ integrationId: 'x' }, 'integrationId: must be a UUID'],
    [{ wait: 'for ever' }, 'wait: must be one of the following values: completed, accepted'],
    [{ deadlineMs: 1 }, 'deadlineMs: must not be less than 100'],
    [{ colour: 'red' }, expect.stringMatching(/^colour: is not a known field; known are .*\bbody\b/)],
  ])('refuse %j and name the field', (wrong, message) => {
    expect(errorsOf(ScmCommentRequest, { ...COMMENT, ...wrong })).toContainEqual(message);
  });

  it.each(['2026-01-01', '20260101', '2026-W01', '2026-01-01T00:00:00', 'now'])('refuse %j as a time', (startedAt) => {
    expect(errorsOf(ScmCheckRunRequest, { ...CHECK_RUN, startedAt })).toContainEqual(
      'startedAt: must be a time with its offset from UTC, like 2026-01-31T12:00:00Z',
    );
  });

  it.each(['2026-01-01T00:00:00Z', '2026-01-01T02:00:00.5+02:00'])('accept %j as a time', (startedAt) => {
    expect(errorsOf(ScmCheckRunRequest, { ...CHECK_RUN, startedAt })).toEqual([]);
  });

  it.each(['HEAD', 'abc123', SHA.toUpperCase(), `${SHA}a`, ''])('refuse %j as a commit sha', (commitSha) => {
    expect(errorsOf(ScmStatusRequest, { ...STATUS, commitSha })).toEqual([
      expect.stringMatching(/^commitSha: must be a full commit sha/),
    ]);
  });

  it.each(['javascript:alert(1)', 'file:///etc/passwd', 'nowhere'])('refuse %j as a target URL', (targetUrl) => {
    expect(errorsOf(ScmStatusRequest, { ...STATUS, targetUrl })).toEqual(['targetUrl: must be an http or https URL']);
  });

  it.each([
    [{ startLine: 0 }, 'annotations[1].startLine: must not be less than 1'],
    [{ startLine: -1 }, 'annotations[1].startLine: must not be less than 1'],
    [{ startLine: 3 }, 'annotations[1].endLine: must not be less than startLine'],
    [{ annotationLevel: 'fatal' }, expect.stringMatching(/^annotations\[1\]\.annotationLevel: must be one of/)],
    [{ path: '' }, expect.stringMatching(/^annotations\[1\]\.path: must be a relative path/)],
    [{ path: '/etc/passwd' }, expect.stringMatching(/^annotations\[1\]\.path: must be a relative path/)],
    [{ path: 'a/../../b' }, expect.stringMatching(/^annotations\[1\]\.path: must be a relative path/)],
    [{ message: 'x\u0000' }, 'annotations[1].message: must not contain the NUL character'],
    [{ colour: 'red' }, expect.stringMatching(/^annotations\[1\]\.colour: is not a known field; known are .*\bpath\b/)],
  ])('refuse an annotation with %j and name its position', (wrong, message) => {
    const annotations = [ANNOTATION, { ...ANNOTATION, ...wrong }];
    expect(errorsOf(ScmCheckRunRequest, { ...CHECK_RUN, annotations })).toContainEqual(message);
  });

  it.each([[null], ['text'], [7], [[ANNOTATION]]])('refuse %j as an annotation', (wrong) => {
    expect(errorsOf(ScmCheckRunRequest, { ...CHECK_RUN, annotations: [wrong] })).not.toEqual([]);
  });

  it.each([
    [{ status: 'completed' }, expect.stringMatching(/^conclusion: must be one of the following values: success/)],
    [
      { status: 'in_progress', conclusion: 'success' },
      'conclusion: must not be given unless status is completed or absent',
    ],
    [{ conclusion: 'fine' }, expect.stringMatching(/^conclusion: must be one of the following values: success/)],
  ])('refuse a check run with %j and name its conclusion', (wrong, message) => {
    expect(errorsOf(ScmCheckRunRequest, { ...CHECK_RUN, ...wrong })).toEqual([message]);
  });

  it.each([
    [{}],
    [{ status: 'in_progress' }],
    [{ status: 'queued' }],
    [{ status: 'completed', conclusion: 'success' }],
    [{ conclusion: 'neutral' }],
  ])('accept a check run with %j', (part) => {
    expect(errorsOf(ScmCheckRunRequest, { ...CHECK_RUN, ...part })).toEqual([]);
  });

  it('refuse more annotations than the limit', () => {
    const annotations = new Array(10_001).fill(ANNOTATION);
    expect(errorsOf(ScmCheckRunRequest, { ...CHECK_RUN, annotations })).toContainEqual(
      'annotations: must contain no more than 10000 elements',
    );
  });

  it.each([[undefined], [null], ['text'], [7], [[COMMENT]]])('refuse %j as a whole request', (input) => {
    expect(errorsOf(ScmCommentRequest, input)).toEqual([expect.stringMatching(/^: must be a JSON object/)]);
  });

  it('never make validation throw, whatever they contain', () => {
    const dtos = fc.constantFrom(ScmCommentRequest, ScmStatusRequest, ScmCheckRunRequest);
    const field = fc.constantFrom(...Object.keys({ ...COMMENT, ...STATUS, ...CHECK_RUN }), 'revision', 'upsertKey');
    const wrongs = fc.dictionary(field, fc.jsonValue());
    fc.assert(
      fc.property(dtos, fc.oneof(wrongs, fc.jsonValue()), (dto, input) => {
        const checked = validate<object>(dto, input);
        expect(checked.ok || checked.errors.length > 0).toBe(true);
      }),
    );
  });
});
