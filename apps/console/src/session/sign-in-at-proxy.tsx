import { Ended } from './ended';
import styles from './sign-in.module.css';

/** Where a proxy before the service signs people in, which leads there whoever loads a page. */
export function SignInAtProxy() {
  return (
    <main className={styles['page']}>
      <div className={`card stack ${styles['form']}`}>
        <h1>Integrations</h1>
        <Ended />
        <p>The proxy before this service asks you to sign in.</p>
        <button type="button" className="primary" autoFocus onClick={() => window.location.reload()}>
          Load the page again
        </button>
      </div>
    </main>
  );
}
