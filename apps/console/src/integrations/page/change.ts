import type { IntegrationView } from '@integrations/contracts';
import { useState } from 'react';
import { type Call, callApi } from '../../api/call';
import { ApiProblem } from '../../api/problem';
import { pathOf, showChanged } from './use-integration';

export interface Change extends Pick<Call, 'method' | 'query' | 'body'> {
  /** Below that of the integration, such as `/enable`; the integration itself if absent. */
  readonly path?: string;
}

/** Makes a change of an integration as it was shown then; false if somebody else was quicker. Throws ApiProblem. */
export type Attempt = (shown: IntegrationView, change: Change) => Promise<boolean>;

const OVERTAKEN = 'Nothing was done now. Look at the present state, which is shown, and decide again.';

interface Attempts {
  readonly attempt: Attempt;
  readonly overtaken: ApiProblem | null;
  readonly forgetOvertaken: () => void;
}

/**
 * Changes, and what to say where somebody else was quicker. That is no failure of the attempt: as after a change all is
 * asked anew, and the page shows what it is now, about which one decides again.
 */
export function useAttempt(): Attempts {
  const [overtaken, setOvertaken] = useState<ApiProblem | null>(null);
  const attempt: Attempt = async (shown, change) => {
    setOvertaken(null);
    const by = await send(shown, change);
    setOvertaken(by);
    return by === null;
  };
  return { attempt, overtaken, forgetOvertaken: () => setOvertaken(null) };
}

async function send({ id, generation }: IntegrationView, { path = '', ...call }: Change): Promise<ApiProblem | null> {
  try {
    const changed = await callApi<IntegrationView | null>(`${pathOf(id)}${path}`, { ...call, generation });
    if (changed) showChanged(changed);
    return null;
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 412) return inOurWords(error);
    throw error;
  }
}

/** The API's words name ETags, which nobody has seen here. It may have been one's own change, whose answer was lost. */
function inOurWords({ status, errorCode }: ApiProblem): ApiProblem {
  return new ApiProblem(status, 'It was changed meanwhile', OVERTAKEN, errorCode);
}
