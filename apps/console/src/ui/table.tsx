import type { ReactNode } from 'react';

interface TableProps {
  /** For screen readers only, for a table without a heading. */
  readonly caption?: string;
  /** Names of the columns; false for a hidden column. */
  readonly columns: readonly (string | false)[];
  /** Columns that hold numbers. */
  readonly numbers?: readonly string[];
  /** Columns whose names are for screen readers only, such as columns of buttons. */
  readonly unnamed?: readonly string[];
  /** The rows. */
  readonly children: ReactNode;
}

/** The frame of a table. A table wider than the page gets its own scroll bar. */
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
