import { useTitle } from './use-title';

/** The heading of a page, which is its title in the browser as well. */
export function PageHeading({ children }: { children: string }) {
  useTitle(children);
  return <h1>{children}</h1>;
}
