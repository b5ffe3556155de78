import { type ReactNode, useState } from 'react';
import { useAsked } from '../../session/use-asked';
import { Done } from '../../ui/done';
import { wordsOf } from '../target';
import { type Asked, type Commanded, resultOf } from './command';
import { ConfirmCommand } from './confirm-command';

export type Ask = (asked: Asked) => void;

/**
 * Lets its children ask for a retry or a cancellation: asks back, does it, and says above them what came of it. All this
 * stays when the row that was asked about leaves the list.
 */
export function WithCommands({ children }: { children: (ask: Ask) => ReactNode }) {
  const [asked, setAsked] = useAsked<Asked>('command');
  const [done, setDone] = useState<Commanded | null>(null);
  const ask = (next: Asked) => {
    setDone(null);
    setAsked(next);
  };
  const close = () => setAsked(null);
  return (
    <>
      {done && (
        <Done onClose={() => setDone(null)}>
          {wordsOf(done.operation)}: {resultOf(done)}
        </Done>
      )}
      {children(ask)}
      {asked && <ConfirmCommand asked={asked} onDone={setDone} onClose={close} />}
    </>
  );
}
