import type { IntegrationView, ProbeVerdict, ProviderDescriptor } from '@integrations/contracts';
import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { callApi } from '../../api/call';
import { VENDOR_LIMIT_MS } from '../../api/time-limit';
import { ApiProblem } from '../../api/problem';
import { useAct } from '../../api/use-act';
import { KeptNotice } from '../../session/kept-notice';
import { useMay } from '../../session/session-context';
import { useKeepAt, useKeeping, useKeptForm } from '../../session/use-kept-form';
import { Problem } from '../../ui/problem';
import { pathOf, showChanged } from '../page/use-integration';
import { TestAnnouncement } from '../verdict/test-announcement';
import { isShownAt } from '../../ui/field-errors';
import { useFocusFirstWrong } from './focus-first-wrong';
import { FormFields, type FormState } from './form-fields';
import { leavesOf } from './form-field';
import styles from './form.module.css';
import { AUTH_REF, type Section } from './general-fields';
import { isSame } from './is-same';
import { LeaveGuard } from './leave-guard';
import { StoreSecret } from './store-secret';
import { TestResult } from './test-result';
import { changesIn, requestOf, valuesOf, type Values } from './values';

export type RequestBody = Readonly<Record<string, unknown>>;

interface IntegrationFormProps {
  readonly provider: ProviderDescriptor;
  readonly sections: readonly Section[];
  /** The unchanged values. Anything that differs from them is unsaved input. */
  readonly base: Values;
  /** The initial values. Defaults to `base`. */
  readonly start?: Values;
  readonly act: string;
  /** The test request for this request. */
  readonly draftOf: (request: RequestBody) => RequestBody;
  readonly save: (request: RequestBody) => Promise<IntegrationView>;
  /** The page on which a user who typed while saving, and stays, continues. Defaults to this page. */
  readonly continueAt?: (saved: IntegrationView) => string;
  /** Shown if someone else has changed the integration first. */
  readonly whenChanged?: (values: Values) => ReactNode;
}

/** A form to fill in, test and save a registration. */
export function IntegrationForm(props: IntegrationFormProps) {
  const { provider, sections, base, start = base, act, draftOf, save, continueAt, whenChanged } = props;
  const form = useRef<HTMLFormElement>(null);
  const saved = useRef<RequestBody>(null);
  const kept = useKeptForm('integration');
  const [values, setValues] = useState({ ...start, ...kept });
  useKeeping('integration', () => changesIn(base, values));
  const [storing, setStoring] = useState(false);
  const keepAt = useKeepAt('integration');
  const maySeal = useMay('secrets:write');
  const navigate = useNavigate();

  const leaveFor = (integration: IntegrationView, sent: RequestBody) => {
    saved.current = sent;
    showChanged(integration);
    void navigate(pathOf(integration.id));
  };
  const test = useAct(testDraft);
  const saving = useAct(save, { onSuccess: leaveFor });
  const error = saving.error ?? test.error;
  useFocusFirstWrong(form, error);

  const fields = sections.flatMap((section) => section.fields);
  const request = requestOf(fields, values);
  const set = (path: string, value: string) => setValues((before) => ({ ...before, [path]: value }));
  const stay = () => {
    if (!continueAt || !saving.data) return;
    const place = continueAt(saving.data);
    keepAt(place, changesIn(valuesOf(fields, saved.current ?? {}), values));
    saved.current = request;
    void navigate(place, { replace: true });
  };
  const startTest = () => {
    saving.reset();
    test.mutate(draftOf(request));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (test.error) test.reset();
    saving.mutate(request);
  };
  const state: FormState = {
    values,
    error,
    set,
    below: (path) =>
      path === AUTH_REF && maySeal ? (
        <button type="button" className={styles['below']} onClick={() => setStoring(true)}>
          Store a new secret
        </button>
      ) : null,
  };
  return (
    <>
      <KeptNotice kept={kept} />
      <form ref={form} className="stack" onSubmit={submit}>
        {sections.map((section) => (
          <section key={section.title} className="card">
            <h2>{section.title}</h2>
            <div className="stack">
              <FormFields fields={section.fields} form={state} />
            </div>
          </section>
        ))}
        {error && <Problem error={error} shownElsewhere={isShownAt(leavesOf(fields).map(({ path }) => path))} />}
        {isOutdated(saving.error) && whenChanged?.(values)}
        <div className="actions">
          <button type="submit" className="primary" aria-disabled={saving.isPending}>
            {saving.isPending ? 'Saving …' : act}
          </button>
          <button type="button" onClick={startTest} aria-disabled={test.isPending}>
            {test.isPending ? 'Testing …' : 'Test'}
          </button>
        </div>
        <TestAnnouncement test={test} />
        {test.data && <TestResult verdict={test.data} outdated={!isSame(test.variables, draftOf(request))} />}
      </form>
      {storing && (
        <StoreSecret
          description={provider.credential.description}
          onClose={() => setStoring(false)}
          onStored={(authRef) => {
            set(AUTH_REF, authRef);
            setStoring(false);
          }}
        />
      )}
      <LeaveGuard isDirty={() => !isSame(request, saved.current ?? requestOf(fields, base))} onStay={stay} />
    </>
  );
}

function testDraft(draft: RequestBody): Promise<ProbeVerdict> {
  return callApi('/integrations/test', { method: 'POST', body: draft, limitMs: VENDOR_LIMIT_MS });
}

function isOutdated(error: Error | null): boolean {
  return error instanceof ApiProblem && error.status === 412;
}
