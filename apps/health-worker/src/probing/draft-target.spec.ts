import { ProbeDraftRequest, validate } from '@integrations/contracts';
import { type DraftBasis, targetOf } from './draft-target';

const saved = {
  id: '01920000-0000-7000-8000-000000000001',
  provider: 'forge',
  endpoint: 'https://forge.internal',
  authRef: 'authref://file/forge/token',
  config: { group: 'saved', caBundle: 'ours' },
};

function target(draft: object, basis: Partial<DraftBasis> = {}) {
  const read = validate(ProbeDraftRequest, { provider: 'forge', ...draft });
  if (!read.ok) throw new Error(JSON.stringify(read.errors));
  return targetOf(read.value, { tenantId: 'acme', saved: null, defaultEndpoint: 'https://forge.example', ...basis });
}

function fieldsOf(result: ReturnType<typeof targetOf>): string[] {
  return result.ok ? [] : result.errors.map(({ field }) => field);
}

describe('the target of a draft', () => {
  it('has the settings of the draft, and an id of its own', () => {
    const draft = { endpoint: 'https://a.example', authRef: 'authref://env/X', config: { group: 'a' } };
    const expected = { ...draft, id: expect.stringMatching(/^[0-9a-f-]{36}$/), tenantId: 'acme', provider: 'forge' };
    expect(target(draft)).toEqual({ ok: true, value: expected });
  });

  it("is at the provider's public address if the draft has no endpoint, and invalid if there is none", () => {
    expect(target({})).toMatchObject({ value: { endpoint: 'https://forge.example', authRef: null, config: {} } });
    expect(fieldsOf(target({}, { defaultEndpoint: null }))).toEqual(['endpoint']);
  });

  it('has address, credential and CA bundle of a saved integration, and the other settings of the draft', () => {
    expect(target({ config: { group: 'draft' } }, { saved })).toEqual({
      ok: true,
      value: { ...saved, tenantId: 'acme', config: { group: 'draft', caBundle: 'ours' } },
    });
  });

  it('uses the connection settings of the saved integration', () => {
    const connection = { proxy: 'http://ours', clientCertRef: 'authref://file/cert' };
    const config = { ...saved.config, connection };
    expect(target({ config: { group: 'draft' } }, { saved: { ...saved, config } })).toMatchObject({
      value: { config: { group: 'draft', caBundle: 'ours', connection } },
    });
  });

  it('adds no CA bundle if the saved integration has none', () => {
    expect(target({ config: {} }, { saved: { ...saved, config: {} } })).toMatchObject({ value: { config: {} } });
  });

  it.each([
    ['endpoint', { endpoint: 'https://evil.example' }],
    ['endpoint', { endpoint: saved.endpoint }],
    ['authRef', { authRef: 'authref://env/OTHER' }],
    ['config.caBundle', { config: { caBundle: 'theirs' } }],
    ['config.connection', { config: { connection: { proxy: 'http://theirs' } } }],
    ['provider', { provider: 'other' }],
  ])('with a saved credential takes no %s from the caller: %j', (field, draft) => {
    expect(fieldsOf(target(draft, { saved }))).toEqual([field]);
  });
});
