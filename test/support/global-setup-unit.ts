import { cleanUpAfterwards } from './clean-up';
import { temporaryDirectory } from './temporary';

/** What the specs leave in temporary directories is in one of the run's own, which goes with it. */
export default function globalSetupUnit(): void {
  const directory = temporaryDirectory();
  cleanUpAfterwards([directory]);
  process.env.TMPDIR = directory;
}
