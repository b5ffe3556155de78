import { type ReactNode, useEffect, useRef } from 'react';

/** What an act came to. Takes the focus, because the button that was pressed may be gone with what it was for. */
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
