import { useSearchParams } from 'react-router';

/** The value of a filter's control, and the function that changes it. */
export type Bind<Name extends string> = (name: Name) => {
  readonly value: string;
  readonly onChange: (value: string) => void;
};

/** Filters kept in the URL, so that a view can be shared as a link. Empty filters are left out. */
export function useFilters<Name extends string>(names: readonly Name[]): [Record<Name, string>, Bind<Name>] {
  const [params, setParams] = useSearchParams();
  const values = Object.fromEntries(names.map((name) => [name, params.get(name) ?? ''])) as Record<Name, string>;
  const set = (name: Name, value: string) =>
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        if (value === '') after.delete(name);
        else after.set(name, value);
        return after;
      },
      { replace: true, preventScrollReset: true },
    );
  return [values, (name) => ({ value: values[name], onChange: (value) => set(name, value) })];
}

export function isFiltered(filters: Readonly<Record<string, string>>): boolean {
  return Object.values(filters).some((value) => value !== '');
}
