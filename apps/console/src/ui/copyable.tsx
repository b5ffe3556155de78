import { useState } from 'react';
import styles from './copyable.module.css';

/** A browser takes seconds to lay out a megabyte of text. */
const SHOWN = 20_000;

/** A text as it is, never as markup, to be copied whole; of a long one the beginning is shown. */
export function Copyable({ label, text }: { label: string; text: string }) {
  const [said, setSaid] = useState('');
  const copy = () => {
    copied(text).then(
      () => setSaid('Copied'),
      () => setSaid('The browser does not allow it: select the text and copy it.'),
    );
  };
  return (
    <div className={styles['copyable']}>
      <pre role="group" aria-label={label} tabIndex={0}>
        {text.slice(0, SHOWN)}
        {text.length > SHOWN && ' …'}
      </pre>
      {text.length > SHOWN && (
        <p className="quiet">{(text.length - SHOWN).toLocaleString('en')} more characters, which are copied too.</p>
      )}
      <button type="button" onClick={copy} aria-label={`Copy ${label}`}>
        Copy
      </button>{' '}
      <span role="status" className="quiet">
        {said}
      </span>
    </div>
  );
}

/** Browsers have no clipboard where the page came without TLS. */
async function copied(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
}
