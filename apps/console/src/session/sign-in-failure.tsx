import { useEffect, useState } from 'react';
import { failureIn } from './failure-words';

/** Why one has come back from the identity provider without a session. */
export function SignInFailure() {
  const [failure] = useState(() => failureIn(location.hash));
  // A reload shall not tell it again.
  useEffect(() => {
    if (failure) history.replaceState(history.state, '', location.pathname + location.search);
  }, [failure]);
  if (!failure) return null;
  return (
    <div className="notice bad" role="alert">
      <strong>Not signed in</strong>
      <p>{failure}</p>
    </div>
  );
}
