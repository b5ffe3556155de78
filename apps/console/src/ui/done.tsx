import { type ReactNode, useEffect, useRef } from 'react';

/** The result of an action. Takes the focus, because the button that was pressed may be gone. */
export function Done({ children, onClose }: { children: ReactNode; onClose: () => void }) {
  const notice = useRef<HTMLDivElement>(null);
  useEffect(() => notice.current?.focus(), []);
  return (
    <div ref={notice} className="notice" role="status" tabIndex={-1}>
      {children}{' '}
      <button type="button" className="link" onClick={onClose}>
        Dismiss
      </button>
    </div>
  );
}
