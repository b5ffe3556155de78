interface DialogActionsProps {
  /** What the button says that does it: the act in a word. */
  readonly act: string;
  readonly danger?: boolean;
  readonly underWay: boolean;
  /** What the button says that leaves everything as it is. */
  readonly dismiss?: string | undefined;
  /** Absent in a form, which is submitted. */
  readonly onAct?: () => void;
  readonly onClose: () => void;
}

/** The buttons of a window that asks. What is under way is not taken back by closing it, so nothing says it is. */
export function DialogActions({
  act,
  danger = false,
  underWay,
  dismiss = 'Cancel',
  onAct,
  onClose,
}: DialogActionsProps) {
  return (
    <div className="actions">
      <button type="button" onClick={onClose}>
        {underWay ? 'Close' : dismiss}
      </button>
      <button
        type={onAct ? 'button' : 'submit'}
        className={danger ? 'danger' : 'primary'}
        aria-disabled={underWay}
        onClick={onAct}
      >
        {underWay ? `${act} …` : act}
      </button>
    </div>
  );
}
