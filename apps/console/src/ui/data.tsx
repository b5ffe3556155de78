import styles from './data.module.css';

const LONG = 160;

/** JSON in readable form, at any depth: objects as terms, arrays as lists. Long texts are folded. */
export function Data({ value }: { value: unknown }) {
  if (value === null || value === undefined) return <span className="quiet">none</span>;
  if (typeof value === 'string') return <Text text={value} />;
  if (typeof value !== 'object') return <code>{String(value)}</code>;
  const entries = Object.entries(value);
  if (entries.length === 0) return <span className="quiet">none</span>;
  return Array.isArray(value) ? <List items={value} /> : <Terms entries={entries} />;
}

function Terms({ entries }: { entries: readonly (readonly [string, unknown])[] }) {
  return (
    <dl className={styles['terms']}>
      {entries.map(([name, value]) => (
        <div key={name} className={isNested(value) ? styles['nested'] : styles['pair']}>
          <dt>{name}</dt>
          <dd>
            <Data value={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function List({ items }: { items: readonly unknown[] }) {
  if (!items.some(isNested)) return <code>{items.map(String).join(', ')}</code>;
  return (
    <ol className={styles['list']}>
      {items.map((item, place) => (
        <li key={place}>
          <Data value={item} />
        </li>
      ))}
    </ol>
  );
}

function Text({ text }: { text: string }) {
  if (text.length <= LONG && !text.includes('\n')) return <code>{text}</code>;
  return (
    <details>
      <summary>
        <code>{text.slice(0, LONG / 2)} …</code> <span className="quiet">{text.length} characters</span>
      </summary>
      <pre className={styles['text']}>{text}</pre>
    </details>
  );
}

function isNested(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0 && !isFlat(value);
}

/** True for a list that fits on one line. */
function isFlat(value: object): boolean {
  return Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null);
}
