import { useEffect, useState } from 'react';
import { failureIn } from './failure-words';

/** Says why the sign-in at the identity provider failed. */
export function SignInFailure() {
  const [failure] = useState(() => failureIn(location.hash));
  // Remove it from the URL, so that a reload does not show it again.
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
