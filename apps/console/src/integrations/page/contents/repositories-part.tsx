import type { IntegrationView } from '@integrations/contracts';
import { Link } from 'react-router';
import { useFilters } from '../../../ui/filters';
import { Image } from './image';
import { imageLink, repositoryLink } from './links';
import { OpenRepository } from './open-repository';
import { Repositories } from './repositories';
import { Tags } from './tags';

/** The repositories; in a registry also the tags of one, and what one of these stands for. */
export function RepositoriesPart({ of, isRegistry }: { of: IntegrationView; isRegistry: boolean }) {
  const [{ repository, reference }] = useFilters(['repository', 'reference']);
  if (!isRegistry || repository === '') {
    return (
      <>
        {isRegistry && <OpenRepository />}
        <Repositories of={of} isRegistry={isRegistry} />
      </>
    );
  }
  return (
    <>
      <nav aria-label="Way back">
        <p>
          <Link to={repositoryLink('')}>All repositories</Link>
          {reference !== '' && (
            <>
              {' › '}
              <Link to={repositoryLink(repository)}>{repository}</Link>
            </>
          )}
        </p>
      </nav>
      {reference === '' ? (
        <Tags of={of} repository={repository} />
      ) : (
        <Image key={imageLink(repository, reference)} of={of} repository={repository} reference={reference} />
      )}
    </>
  );
}
