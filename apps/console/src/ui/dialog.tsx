import { type ReactNode, useLayoutEffect, useRef } from 'react';

interface DialogProps {
  readonly title: string;
  /** The id of the text that screen readers announce after the title, because the focus moves to a control at once. */
  readonly describedBy?: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A modal dialog, rendered while it is open. The browser keeps the focus inside and closes it on Escape. */
export function Dialog({ title, describedBy, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  // Close it while it is still in the document: only then does the focus return to where it was before.
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
