interface DialogActionsProps {
  /** Label of the acting button: the action in a word. */
  readonly act: string;
  readonly danger?: boolean;
  readonly underWay: boolean;
  /** Label of the dismissing button. */
  readonly dismiss?: string | undefined;
  /** Absent in a form, where the button submits. */
  readonly onAct?: () => void;
  readonly onClose: () => void;
}

/**
 * The buttons of a dialog. While the action is in flight, "Cancel" becomes "Close", because closing cancels nothing.
 */
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
