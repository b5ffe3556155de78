import { useMutation } from '@tanstack/react-query';
import { NavLink, Outlet, ScrollRestoration } from 'react-router';
import { signOut } from '../session/session';
import { useMay, useSession } from '../session/session-context';
import styles from './shell.module.css';

/** The frame of every page: where one can go, and who one is. */
export function Shell() {
  const { tenantId, name } = useSession();
  const leave = useMutation({ mutationFn: signOut });
  const mayAudit = useMay('audit:read');
  return (
    <>
      <a className={styles['skip']} href="#content">
        Skip to content
      </a>
      <header className={styles['bar']}>
        <strong className={styles['brand']}>Integrations</strong>
        <nav aria-label="Main">
          <NavLink to="/integrations">Catalog</NavLink>
          <NavLink to="/annotations">Annotations</NavLink>
          {mayAudit && <NavLink to="/audit">Audit</NavLink>}
          <a href="/docs">API</a>
        </nav>
        <span className={styles['who']}>
          <span title="The name of the token, which the audit trail shows">{name}</span>
          <span className="quiet" title="The tenant">
            {tenantId}
          </span>
          <button type="button" onClick={() => leave.mutate()} disabled={leave.isPending}>
            Sign out
          </button>
        </span>
      </header>
      <main id="content" tabIndex={-1} className={styles['content']}>
        <Outlet />
      </main>
      <ScrollRestoration />
    </>
  );
}
