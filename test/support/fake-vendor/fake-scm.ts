import type { Fault, LoggedRequest } from './faults.ts';
import type { VendorServer } from './server.ts';

interface Resettable {
  reset(): void;
}

/** A source control as tests have it: what it stores, what it was asked, and what goes wrong there. */
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

  /** What the vendor's description does not know; tests expect it to be empty. */
  get violations(): readonly string[] {
    return this.server.violations;
  }

  inject(fault: Fault): void {
    this.server.faults.inject(fault);
  }

  clearFaults(): void {
    this.server.faults.clear();
  }

  /** As it was at the start, no fault waiting, no request logged. */
  reset(): void {
    this.world.reset();
    this.clearFaults();
    this.requests.length = 0;
  }

  stop(): Promise<void> {
    return this.server.close();
  }
}
