import { editDraft } from './drafts';

const saved = { id: '1', type: 'scm', provider: 'gitlab' } as const;
const before = { endpoint: 'https://git.example', authRef: 'authref://local/a', config: { caBundle: 'pem', rate: 1 } };

describe('editDraft', () => {
  it('uses the stored credential, and leaves out the settings that decide where it is sent', () => {
    const after = { ...before, name: 'b', config: { caBundle: 'pem', rate: 2 } };
    expect(editDraft(saved, before, after)).toEqual({
      integrationId: '1',
      type: 'scm',
      provider: 'gitlab',
      name: 'b',
      config: { rate: 2 },
    });
  });

  it.each([
    ['endpoint', { ...before, endpoint: 'https://other.example' }],
    ['credential', { ...before, authRef: 'authref://local/b' }],
    ['CA bundle', { ...before, config: { rate: 1 } }],
    ['proxy', { ...before, config: { ...before.config, connection: { proxy: 'http://p:1' } } }],
  ])('is independent of the stored integration once the %s differs', (_, after) => {
    expect(editDraft(saved, before, after)).toEqual({ type: 'scm', provider: 'gitlab', ...after });
  });
});
