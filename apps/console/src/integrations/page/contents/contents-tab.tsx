import type { IntegrationView } from '@integrations/contracts';
import { Navigate, NavLink, Route, Routes } from 'react-router';
import { type Kind, KIND_NAMES, kindsOf } from './kinds';
import { Pipelines } from './pipelines';
import { RepositoriesPart } from './repositories-part';
import { Runs } from './runs';
import { Workloads } from './workloads';

/** The vendor's contents that the integration can reach. Only the part that is opened is read from the vendor. */
export function ContentsTab({ integration }: { integration: IntegrationView }) {
  const kinds = kindsOf(integration.capabilities);
  const base = `/integrations/${integration.id}/contents`;
  return (
    <>
      {kinds.length > 1 && (
        <nav className="tabs" aria-label="Contents">
          {kinds.map((kind) => (
            <NavLink key={kind} to={`${base}/${kind}`} preventScrollReset>
              {KIND_NAMES[kind]}
            </NavLink>
          ))}
        </nav>
      )}
      <Routes>
        {kinds.map((kind) => (
          <Route key={kind} path={kind} element={<Part kind={kind} of={integration} />} />
        ))}
        <Route path="*" element={<Navigate to={`${base}/${kinds[0] ?? ''}`} replace />} />
      </Routes>
    </>
  );
}

function Part({ kind, of }: { kind: Kind; of: IntegrationView }) {
  switch (kind) {
    case 'repositories':
      return <RepositoriesPart of={of} isRegistry={of.capabilities.includes('tags')} />;
    case 'pipelines':
      return <Pipelines of={of} />;
    case 'runs':
      return <Runs of={of} />;
    case 'workloads':
      return <Workloads of={of} />;
  }
}
