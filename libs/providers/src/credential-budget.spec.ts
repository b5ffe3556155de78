import type { CallBudget, ConnectorPlugin, IntegrationConfig } from '@integrations/provider-kit';
import { credentialBudget } from './credential-budget';

const integration: IntegrationConfig = {
  integrationId: 'i',
  tenantId: 't',
  endpoint: 'https://git.example',
  config: {},
};
const LIMITS: CallBudget['limits'] = { note: [{ max: 60, perMs: 60_000 }] };
const pluginWith = (account: CallBudget['account']) =>
  ({ provider: 'shop', budget: () => ({ account, limits: LIMITS }) }) as unknown as ConnectorPlugin;
const budgetOf = (account: CallBudget['account'], authRef: string | null) =>
  credentialBudget({ provider: 'shop', scrub: (text) => text }, pluginWith(account), integration, authRef, 'acme');

describe('The budget of a credential', () => {
  it('is shared by integrations with the same account, whatever their authRef', () => {
    expect(budgetOf(['bot'], 'authref://env/A')).toEqual(budgetOf(['bot'], 'authref://env/B'));
    expect(budgetOf(['bot'], null)).not.toEqual(budgetOf(['other'], null));
  });

  it('is shared by authRef if the account is not known before the credential is used', () => {
    expect(budgetOf(null, 'authref://env/A')).toMatchObject({ limits: LIMITS });
    expect(budgetOf(null, 'authref://env/A')).toEqual(budgetOf(null, 'authref://env/A'));
    expect(budgetOf(null, 'authref://env/A')).not.toEqual(budgetOf(null, 'authref://env/B'));
    expect(budgetOf(null, null)).toBeNull();
  });
});
