import styles from './digest.module.css';

/** Whole, so that it can be copied; where there is no room a table scrolls instead of breaking it often. */
export function Digest({ of }: { of: string }) {
  return <code className={styles['digest']}>{of}</code>;
}
