import { useAuthorizeAddress } from './sign-in-methods';
import styles from './sign-in.module.css';

/** To the organisation's own identity provider. Not a link of the router: catalog-api answers it. */
export function ProviderLink({ name }: { name: string }) {
  const address = useAuthorizeAddress();
  return (
    <>
      <a className={`button primary ${styles['provider']}`} href={address}>
        Sign in with {name}
      </a>
      <p className={`quiet ${styles['or']}`}>or with a token</p>
    </>
  );
}
