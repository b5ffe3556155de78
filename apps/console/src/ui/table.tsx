import type { ReactNode } from 'react';

interface TableProps {
  /** Said aloud only, for a table that no heading names. */
  readonly caption?: string;
  /** Their names; false for one that is not shown. */
  readonly columns: readonly (string | false)[];
  /** Those that hold numbers. */
  readonly numbers?: readonly string[];
  /** Those whose names are said aloud only, as of buttons. */
  readonly unnamed?: readonly string[];
  /** The rows. */
  readonly children: ReactNode;
}

/** The frame of a table; one that is wider than the page scrolls by itself. */
export function Table({ caption, columns, numbers = [], unnamed = [], children }: TableProps) {
  return (
    <div className="table">
      <table>
        {caption && <caption className="visually-hidden">{caption}</caption>}
        <thead>
          <tr>
            {columns
              .filter((name) => name !== false)
              .map((name) => (
                <th key={name} scope="col" className={numbers.includes(name) ? 'number' : undefined}>
                  {unnamed.includes(name) ? <span className="visually-hidden">{name}</span> : name}
                </th>
              ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
