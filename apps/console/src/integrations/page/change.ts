import type { IntegrationView } from '@integrations/contracts';
import { useState } from 'react';
import { type Call, callApi } from '../../api/call';
import { ApiProblem, isOfProxy } from '../../api/problem';
import { pathOf, showChanged, showPresent } from './use-integration';

export interface Change extends Pick<Call, 'method' | 'query' | 'body'> {
  /** Path below the integration, such as `/enable`. Defaults to the integration itself. */
  readonly path?: string;
}

/** Changes an integration in the state that was shown; false if someone else changed it first. Throws ApiProblem. */
export type Attempt = (shown: IntegrationView, change: Change) => Promise<boolean>;

/** 412, or 404 if the integration was deleted or restored meanwhile. */
const OVERTAKEN_STATUS: ReadonlySet<number> = new Set([404, 412]);
const OVERTAKEN = 'This action was not carried out. Check the current state, which is now shown, and decide again.';

export interface Attempts {
  readonly attempt: Attempt;
  readonly overtaken: ApiProblem | null;
  readonly forgetOvertaken: () => void;
}

/**
 * Makes changes, and reports when someone else changed the integration first. This is not an error of the attempt: the
 * page first shows the current state, then says that it has changed, and the user decides again.
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

/** Replaces the API's text, which is about ETags. The change may be the user's own, after a lost response. */
function inOurWords({ status, errorCode }: ApiProblem): ApiProblem {
  return new ApiProblem(status, 'The integration has changed', OVERTAKEN, errorCode);
}
