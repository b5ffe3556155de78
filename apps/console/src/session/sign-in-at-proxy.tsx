import { Ended } from './ended';
import styles from './sign-in.module.css';

/** For services behind a proxy that signs users in. Loading a page leads to the proxy's sign-in. */
export function SignInAtProxy() {
  return (
    <main className={styles['page']}>
      <div className={`card stack ${styles['form']}`}>
        <h1>Integrations</h1>
        <Ended />
        <p>The proxy in front of this service asks you to sign in.</p>
        <button type="button" className="primary" autoFocus onClick={() => window.location.reload()}>
          Reload the page
        </button>
      </div>
    </main>
  );
}
