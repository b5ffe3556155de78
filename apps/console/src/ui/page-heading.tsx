import { useTitle } from './use-title';

/** The heading of a page, which also becomes the browser title. */
export function PageHeading({ children }: { children: string }) {
  useTitle(children);
  return <h1>{children}</h1>;
}
