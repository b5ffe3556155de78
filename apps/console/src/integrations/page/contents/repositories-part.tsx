import type { IntegrationView } from '@integrations/contracts';
import { Link } from 'react-router';
import { useFilters } from '../../../ui/filters';
import { Image } from './image';
import { imageLink, repositoryLink } from './links';
import { OpenRepository } from './open-repository';
import { Repositories } from './repositories';
import { Tags } from './tags';

/** The repositories. In a registry also the tags of a repository, and the image of a tag. */
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
      <nav aria-label="Breadcrumb">
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
