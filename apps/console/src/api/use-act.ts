import { useMutation } from '@tanstack/react-query';
import { useRef } from 'react';

interface ActOptions<T> {
  readonly onSuccess?: (result: T) => void;
  /** How long the answer is kept once nobody shows it. */
  readonly gcTime?: number;
}

/**
 * A change that is not begun again while it is under way. A double click is quicker than the rendering that would disable a
 * button; and as nothing happens at another click, buttons need not be disabled, which would take the focus from them.
 */
export function useAct<T, What = void>(mutationFn: (what: What) => Promise<T>, options: ActOptions<T> = {}) {
  const underWay = useRef(false);
  // Before its end is rendered: what can be done next may be clicked on from then on.
  const onSettled = () => void (underWay.current = false);
  const mutation = useMutation<T, Error, What>({ mutationFn, ...options, onSettled });
  const act = (what: What) => {
    if (underWay.current) return;
    underWay.current = true;
    mutation.mutate(what);
  };
  return { ...mutation, mutate: act };
}

export type Act<T, What = void> = ReturnType<typeof useAct<T, What>>;
