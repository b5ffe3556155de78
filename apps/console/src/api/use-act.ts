import { useMutation } from '@tanstack/react-query';
import { useRef } from 'react';

interface ActOptions<T, What> {
  /** With the answer and what was asked. Whoever closed the window or left the page meanwhile is not led on from there. */
  readonly onSuccess?: (result: T, what: What) => void;
  /** How long the answer is kept once nobody shows it. */
  readonly gcTime?: number;
}

/**
 * A change that is not begun again while it is under way. A double click is quicker than the rendering that would disable a
 * button; and as nothing happens at another click, buttons need not be disabled, which would take the focus from them.
 */
export function useAct<T, What = void>(mutationFn: (what: What) => Promise<T>, options: ActOptions<T, What> = {}) {
  const { onSuccess, ...kept } = options;
  const underWay = useRef(false);
  // Before its end is rendered: what can be done next may be clicked on from then on.
  const onSettled = () => void (underWay.current = false);
  const mutation = useMutation<T, Error, What>({ mutationFn, ...kept, onSettled });
  const act = (what: What) => {
    if (underWay.current) return;
    underWay.current = true;
    // Given here, it is not called once nobody shows the mutation any more.
    mutation.mutate(what, onSuccess && { onSuccess });
  };
  // What is under way may be refused yet, which is to be told.
  const reset = () => {
    if (!underWay.current) mutation.reset();
  };
  return { ...mutation, mutate: act, reset };
}

export type Act<T, What = void> = ReturnType<typeof useAct<T, What>>;
