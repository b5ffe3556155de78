import { NavLink } from 'react-router';

export function AnnotationTabs() {
  return (
    <nav className="tabs" aria-label="Annotations">
      <NavLink to="/annotations" end>
        Ledger
      </NavLink>
      <NavLink to="/annotations/offline">Parked offline</NavLink>
    </nav>
  );
}
