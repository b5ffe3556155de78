import { PermissionViolationError, type Status } from '@nats-io/transport-node';
import { StatusThrottle } from './status-throttle';

const LOST: Status = { type: 'disconnect', server: 'n:4222' };
const BACK: Status = { type: 'reconnect', server: 'n:4222' };
const error = (name: string, message = 'no') =>
  ({ type: 'error', error: Object.assign(new Error(message), { name }) }) as Status;
const REFUSED = error('AuthorizationError');

describe('StatusThrottle', () => {
  let throttle: StatusThrottle;

  beforeEach(() => {
    jest.useFakeTimers();
    throttle = new StatusThrottle();
  });
  afterEach(() => jest.useRealTimers());

  const counts = (...statuses: Status[]) => statuses.map((status) => throttle.count(status));

  it('reports a lost connection once, and its return once', () => {
    expect(counts(LOST, LOST, BACK, BACK, LOST, LOST)).toEqual([1, 0, 1, 0, 1, 0]);
  });

  it('reports a refusal at once, then once a minute with its count', () => {
    expect(counts(REFUSED, LOST, REFUSED, LOST, REFUSED)).toEqual([1, 1, 0, 0, 0]);
    jest.advanceTimersByTime(60_000);
    expect(counts(REFUSED, REFUSED)).toEqual([3, 0]);
  });

  it('reports each kind of error separately, and again after the connection returned', () => {
    expect(counts(REFUSED, LOST, error('TlsError'), error('TlsError'), BACK)).toEqual([1, 1, 1, 0, 1]);
    expect(counts(LOST, REFUSED)).toEqual([1, 1]);
  });

  it('reports each missing permission once a minute', () => {
    const [one, other] = ['one', 'other'].map((subject) => error('PermissionViolationError', subject)) as [
      Status,
      Status,
    ];
    expect(counts(one, other, one, other, one)).toEqual([1, 1, 0, 0, 0]);
    jest.advanceTimersByTime(60_000);
    expect(counts(one, other)).toEqual([3, 2]);
  });

  it('reports refused replies or acknowledgements as one, although each has its own subject', () => {
    const refused = (subject: string) => {
      const violation = new PermissionViolationError(`Publish to "${subject}"`, 'publish', subject);
      return { type: 'error', error: violation } as Status;
    };
    const acknowledgements = [1, 2, 3].map((sequence) => refused(`$JS.ACK.STREAM.worker.1.${sequence}`));
    expect(counts(...acknowledgements, refused('_INBOX.scanner.7'))).toEqual([1, 0, 0, 1]);
  });

  it('reports refused inboxes as one, and each refused subject once, whatever its subscription', () => {
    const refused = (subject: string, sid: number) => {
      const message = `Permissions Violation for Subscription to "${subject}" (sid "${sid}")`;
      return { type: 'error', error: new PermissionViolationError(message, 'subscription', subject) } as Status;
    };
    expect(counts(refused('_INBOX.worker.a.1', 1), refused('_INBOX.worker.b.*', 2))).toEqual([1, 0]);
    expect(counts(refused('v1.rpc.one', 3), refused('v1.rpc.two', 4), refused('v1.rpc.one', 5))).toEqual([1, 1, 0]);
  });

  it('bounds its memory by forgetting what it reported', () => {
    expect(counts(REFUSED, ...Array.from({ length: 100 }, (_, n) => error('Error', String(n))), REFUSED)).toEqual(
      Array.from({ length: 102 }, () => 1),
    );
  });
});
