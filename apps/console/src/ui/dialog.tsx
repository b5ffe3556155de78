import { type ReactNode, useLayoutEffect, useRef } from 'react';

interface DialogProps {
  readonly title: string;
  /** The id of what is said aloud after the title, as the focus goes to a control at once. */
  readonly describedBy?: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A modal window; the browser keeps the focus within and closes it at Escape. Rendered while it is open. */
export function Dialog({ title, describedBy, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  // While it is still in the page as it closes: only then does the focus go back to where it came from.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog ref={dialog} aria-label={title} aria-describedby={describedBy} onCancel={onClose}>
      <h2>{title}</h2>
      {children}
    </dialog>
  );
}
