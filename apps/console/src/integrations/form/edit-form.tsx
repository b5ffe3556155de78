import type { IntegrationView, ProviderDescriptor } from '@integrations/contracts';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'react-router';
import { callApi } from '../../api/call';
import { useAct } from '../../api/use-act';
import { useKeeping, useKeptForm } from '../../session/use-kept-form';
import { Problem } from '../../ui/problem';
import { nameOf } from '../providers';
import { pathOf } from '../page/use-integration';
import { TYPE_NAMES } from '../words';
import { editDraft } from './drafts';
import { sectionsFor } from './general-fields';
import { IntegrationForm, type RequestBody } from './integration-form';
import { mergePatchOf } from './merge-patch';
import { RequiredScopes } from './required-scopes';
import { changesIn, requestOf, valuesOf, type Values } from './values';

interface EditFormProps {
  readonly integration: IntegrationView;
  readonly provider: ProviderDescriptor;
  /** The user's changes before the new state was loaded, to continue with. */
  readonly changes: Values;
  readonly reload: () => Promise<unknown>;
  /** Called when the new state is loaded. */
  readonly onStartOver: (changes: Values) => void;
}

/** Saves what differs from the state that the form started with, but only if that is still the current state. */
export function EditForm({ integration, provider, changes, reload, onStartOver }: EditFormProps) {
  const isContinued = Object.keys(useKeptForm('integration')).length > 0;
  const { generation: then = integration.generation } = useKeptForm('edited');
  // Keep the generation that was read: with a later one, saving would undo changes of others. Input restored after the
  // session ended belongs to the generation of that time. A user who stays on the page after saving continues from what
  // was saved.
  const [began, setBegan] = useState({
    ...integration,
    generation: isContinued ? Number(then) : integration.generation,
  });
  useKeeping('edited', () => ({ generation: String(began.generation) }));
  const sections = sectionsFor(provider, false);
  const fields = sections.flatMap((section) => section.fields);
  const base = valuesOf(fields, withoutDefault(began, provider));
  const before = requestOf(fields, base);
  const saveSince = async (request: RequestBody) => {
    const saved = await save(began, before, request);
    setBegan(saved);
    return saved;
  };
  return (
    <>
      <p>
        {nameOf(began.provider, [provider])} · {TYPE_NAMES[began.type]} ·{' '}
        <Link to={`/integrations/${began.id}`}>Back to the integration</Link>
      </p>
      <RequiredScopes provider={provider} />
      <IntegrationForm
        provider={provider}
        sections={sections}
        base={base}
        start={{ ...base, ...changes }}
        act="Save"
        draftOf={(request) => editDraft(began, before, request)}
        save={saveSince}
        whenChanged={(values) => (
          <Changed reload={reload} onStartOver={onStartOver} changes={changesIn(base, values)} />
        )}
      />
    </>
  );
}

function Changed({ changes, reload, onStartOver }: Pick<EditFormProps, 'changes' | 'reload' | 'onStartOver'>) {
  // Includes what the user types while the new state is loading.
  const latest = useRef(changes);
  useEffect(() => void (latest.current = changes));
  const loading = useAct((_keep: boolean) => reload(), {
    onSuccess: (_, keep) => onStartOver(keep ? latest.current : {}),
  });
  const load = (keep: boolean) => ({ 'aria-disabled': loading.isPending, onClick: () => loading.mutate(keep) });
  return (
    <div className="notice warn">
      <p>Someone else has changed the integration. Your changes are not saved yet.</p>
      <div className="actions">
        <button type="button" {...load(true)}>
          Load the new state and keep my changes
        </button>
        <button type="button" {...load(false)}>
          Load the new state
        </button>
      </div>
      {loading.error && <Problem error={loading.error} />}
    </div>
  );
}

/** Shows the provider's default endpoint as a default, not as a value, so that it follows the provider. */
function withoutDefault(integration: IntegrationView, { defaultEndpoint }: ProviderDescriptor): object {
  return integration.endpoint === defaultEndpoint ? { ...integration, endpoint: null } : integration;
}

function save({ id, generation }: IntegrationView, before: RequestBody, after: RequestBody): Promise<IntegrationView> {
  const body = mergePatchOf({ config: {}, ...before }, { config: {}, ...after });
  return callApi(pathOf(id), { method: 'PATCH', body, generation });
}
