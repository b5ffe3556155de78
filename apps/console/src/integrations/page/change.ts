import type { IntegrationView } from '@integrations/contracts';
import { useState } from 'react';
import { type Call, callApi } from '../../api/call';
import { ApiProblem, isOfProxy } from '../../api/problem';
import { pathOf, showChanged, showPresent } from './use-integration';

export interface Change extends Pick<Call, 'method' | 'query' | 'body'> {
  /** Below that of the integration, such as `/enable`; the integration itself if absent. */
  readonly path?: string;
}

/** Makes a change of an integration as it was shown then; false if somebody else was quicker. Throws ApiProblem. */
export type Attempt = (shown: IntegrationView, change: Change) => Promise<boolean>;

/** 404 where it was deleted, or restored: for a change it is another then. */
const OVERTAKEN_STATUS: ReadonlySet<number> = new Set([404, 412]);
const OVERTAKEN = 'Nothing was done now. Look at the present state, which is shown, and decide again.';

export interface Attempts {
  readonly attempt: Attempt;
  readonly overtaken: ApiProblem | null;
  readonly forgetOvertaken: () => void;
}

/**
 * Changes, and what to say where somebody else was quicker. That is no failure of the attempt: the page shows what it is
 * now, before that is said of it, and one decides about that again.
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
    if (!(error instanceof ApiProblem) || isOfProxy(error) || !OVERTAKEN_STATUS.has(error.status)) throw error;
    await showPresent(id);
    return inOurWords(error);
  }
}

/** The API's words name ETags, which nobody has seen here. It may have been one's own change, whose answer was lost. */
function inOurWords({ status, errorCode }: ApiProblem): ApiProblem {
  return new ApiProblem(status, 'It was changed meanwhile', OVERTAKEN, errorCode);
}
