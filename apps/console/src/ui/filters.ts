import { useSearchParams } from 'react-router';

type Setter<Name extends string> = (name: Name, value: string) => void;

/** Filters that live in the address, so that a view can be sent to somebody; an empty one is not in it. */
export function useFilters<Name extends string>(names: readonly Name[]): [Record<Name, string>, Setter<Name>] {
  const [params, setParams] = useSearchParams();
  const values = Object.fromEntries(names.map((name) => [name, params.get(name) ?? ''])) as Record<Name, string>;
  const set: Setter<Name> = (name, value) =>
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        if (value === '') after.delete(name);
        else after.set(name, value);
        return after;
      },
      { replace: true, preventScrollReset: true },
    );
  return [values, set];
}

export function isFiltered(filters: Readonly<Record<string, string>>): boolean {
  return Object.values(filters).some((value) => value !== '');
}
