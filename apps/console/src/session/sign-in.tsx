import { type FormEvent, useState } from 'react';
import { useAct } from '../api/use-act';
import { Field } from '../ui/field';
import { Problem } from '../ui/problem';
import { useTitle } from '../ui/use-title';
import { Ended } from './ended';
import { ProviderLink } from './provider-link';
import { signIn } from './session';
import { SignInFailure } from './sign-in-failure';
import { SignInAtProxy } from './sign-in-at-proxy';
import { useSignInMethods } from './sign-in-methods';
import styles from './sign-in.module.css';

export function SignIn() {
  const [token, setToken] = useState('');
  const attempt = useAct(signIn);
  const { identityProvider, refusedByProxy } = useSignInMethods();
  useTitle('Sign in');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    attempt.mutate(token.trim());
  };
  if (refusedByProxy) return <SignInAtProxy />;
  return (
    <main className={styles['page']}>
      <form className={`card stack ${styles['form']}`} onSubmit={submit}>
        <h1>Integrations</h1>
        <Ended />
        <SignInFailure />
        {identityProvider && <ProviderLink name={identityProvider} />}
        <Field label="Token" hint="An API token of your tenant, or an access token of your organisation's issuer.">
          {(control) => (
            <input
              {...control}
              type="password"
              name="token"
              autoComplete="current-password"
              autoFocus
              required
              value={token}
              onChange={(event) => setToken(event.target.value)}
            />
          )}
        </Field>
        {attempt.error && <Problem error={attempt.error} />}
        <button type="submit" className={identityProvider ? '' : 'primary'} aria-disabled={attempt.isPending}>
          Sign in
        </button>
      </form>
    </main>
  );
}
