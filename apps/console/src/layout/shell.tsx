import { NavLink, Outlet, ScrollRestoration } from 'react-router';
import { useAct } from '../api/use-act';
import { signOut } from '../session/session';
import { useSession } from '../session/session-context';
import { Problem } from '../ui/problem';
import { PLACES } from './places';
import { TitleAnnouncement } from './title-announcement';
import styles from './shell.module.css';

/** The frame of every page: navigation and the current user. */
export function Shell() {
  const { tenantId, name, scopes } = useSession();
  const leave = useAct(signOut);
  return (
    <>
      <a className={styles['skip']} href="#content">
        Skip to content
      </a>
      <header className={styles['bar']}>
        <strong className={styles['brand']}>Integrations</strong>
        <nav aria-label="Main">
          {PLACES.filter(({ scope }) => scopes.includes(scope)).map((place) => (
            <NavLink key={place.path} to={place.path}>
              {place.name}
            </NavLink>
          ))}
          <a href="/docs">API</a>
        </nav>
        <span className={styles['who']}>
          <span title="Token name, as shown in the audit trail">{name}</span>
          <span className="quiet" title="Tenant">
            {tenantId}
          </span>
          <button type="button" onClick={() => leave.mutate()} aria-disabled={leave.isPending}>
            Sign out
          </button>
        </span>
      </header>
      <main id="content" tabIndex={-1} className={styles['content']}>
        {leave.error && <Problem error={leave.error} />}
        <Outlet />
      </main>
      <TitleAnnouncement />
      <ScrollRestoration />
    </>
  );
}
