import { useMutation } from '@tanstack/react-query';
import { useRef } from 'react';

interface ActOptions<T, What> {
  /** Called with the result and the input. Not called if the user has closed the dialog or left the page. */
  readonly onSuccess?: (result: T, what: What) => void;
  /** How long the result is kept once no component uses it, in milliseconds. */
  readonly gcTime?: number;
}

/**
 * A mutation that cannot start again while it is in flight. A double click is faster than the rendering that would
 * disable a button. Because a second click does nothing, buttons stay enabled and keep the focus.
 */
export function useAct<T, What = void>(mutationFn: (what: What) => Promise<T>, options: ActOptions<T, What> = {}) {
  const { onSuccess, ...kept } = options;
  const underWay = useRef(false);
  // Reset before the result is rendered, because the user may click the next action from then on.
  const onSettled = () => void (underWay.current = false);
  const mutation = useMutation<T, Error, What>({ mutationFn, ...kept, onSettled });
  const act = (what: What) => {
    if (underWay.current) return;
    underWay.current = true;
    // Passed here, onSuccess is not called after the component is unmounted.
    mutation.mutate(what, onSuccess && { onSuccess });
  };
  // A mutation in flight may still fail, which must be shown.
  const reset = () => {
    if (!underWay.current) mutation.reset();
  };
  return { ...mutation, mutate: act, reset };
}

export type Act<T, What = void> = ReturnType<typeof useAct<T, What>>;
