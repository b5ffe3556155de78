import type { ProbePermissions } from '@integrations/contracts';
import styles from './verdict.module.css';

const HOW: Readonly<Record<ProbePermissions['how'], string>> = {
  introspection: 'asked of the vendor',
  token_claims: 'read from the token',
  dry_run: 'tried without effect',
  observed: 'seen in use',
  unknown: 'not known',
};

/** The required and the granted permissions of the credential. */
export function VerdictPermissions({ permissions }: { permissions: ProbePermissions }) {
  const { required, granted, missing, excess, how } = permissions;
  return (
    <dl className="facts">
      <dt>Permissions</dt>
      <dd>{HOW[how]}</dd>
      <Names term="Required" names={required} />
      <Names term="Granted" names={granted} />
      {missing.length > 0 && <Names term="✗ Missing" names={missing} tone="failed" />}
      {excess.length > 0 && <Names term="More than needed" names={excess} />}
    </dl>
  );
}

function Names({ term, names, tone }: { term: string; names: readonly string[]; tone?: 'failed' }) {
  return (
    <>
      <dt>{term}</dt>
      <dd className={tone && styles[tone]}>{names.length > 0 ? <code>{names.join(', ')}</code> : 'none'}</dd>
    </>
  );
}
