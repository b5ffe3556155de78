import type { Fault, LoggedRequest } from './faults.ts';
import type { VendorServer } from './server.ts';

interface Resettable {
  reset(): void;
}

/** A fake source control system: its data, its request log, and its faults. */
export abstract class FakeScm<W extends Resettable = Resettable, S extends VendorServer = VendorServer> {
  readonly world: W;
  protected readonly server: S;

  constructor(world: W, server: S) {
    this.world = world;
    this.server = server;
  }

  /** The base URL of the instance. */
  get url(): string {
    return this.server.url;
  }

  /** All requests so far. */
  get requests(): LoggedRequest[] {
    return this.server.requests;
  }

  /** Requests and answers that the vendor's description does not allow. Tests expect none. */
  get violations(): readonly string[] {
    return this.server.violations;
  }

  inject(fault: Fault): void {
    this.server.faults.inject(fault);
  }

  clearFaults(): void {
    this.server.faults.clear();
  }

  /** Restores the initial state, without pending faults and logged requests. */
  reset(): void {
    this.world.reset();
    this.clearFaults();
    this.requests.length = 0;
  }

  stop(): Promise<void> {
    return this.server.close();
  }
}
