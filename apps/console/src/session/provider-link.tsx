import { useAuthorizeAddress } from './sign-in-methods';
import styles from './sign-in.module.css';

/** Link to the organisation's identity provider. Not a router link, because catalog-api serves it. */
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
