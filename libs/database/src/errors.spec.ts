import { DatabaseError, isUnavailable, retryHint } from './errors';

describe('isUnavailable', () => {
  it.each([
    ['connect ECONNREFUSED 127.0.0.1:5432', 'ECONNREFUSED'],
    ['getaddrinfo EAI_AGAIN postgres', 'EAI_AGAIN'],
    ['write EPIPE', 'EPIPE'],
    ['the database system is starting up', '57P03'],
    ['terminating connection due to administrator command', '57P01'],
    ['terminating connection due to idle-session timeout', '57P05'],
    ['terminating connection due to idle-in-transaction timeout', '25P03'],
    ['terminating connection due to transaction timeout', '25P04'],
    ['sorry, too many clients already', '53300'],
    ['could not extend file "base/16384/17043": No space left on device', '53100'],
    ['role "integrations_apps" is not permitted to log in', '28000'],
    ['password authentication failed for user "integrations_apps"', '28P01'],
    ['out of memory', '53200'],
    ['connection failure', '08006'],
    ['cannot execute INSERT in a read-only transaction', '25006'],
    ['Connection terminated unexpectedly', null],
    ['timeout exceeded when trying to connect', null],
  ])('is true for "%s" (%s)', (message, code) => {
    expect(isUnavailable(new DatabaseError(message, code, null))).toBe(true);
  });

  it.each([
    ['canceling statement due to statement timeout', '57014'],
    ['duplicate key value violates unique constraint', '23505'],
    ['column "x" does not exist', '42703'],
    ['Converting circular structure to JSON', null],
  ])('is false for "%s" (%s), which the statement caused', (message, code) => {
    expect(isUnavailable(new DatabaseError(message, code, null))).toBe(false);
  });

  it('is false for an error that is not a DatabaseError', () => {
    expect(isUnavailable(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }))).toBe(false);
  });
});

describe('retryHint', () => {
  it.each([
    ['the database system is starting up', '57P03', 'the database cannot be reached; try again'],
    ['deadlock detected', '40P01', 'the database is busy; try again'],
    ['could not serialize access due to concurrent update', '40001', 'the database is busy; try again'],
    ['canceling statement due to lock timeout', '55P03', 'the database is busy; try again'],
    ['canceling statement due to statement timeout', '57014', 'the database is busy; try again'],
    ['duplicate key value violates unique constraint', '23505', null],
    ['current transaction is aborted', '25P02', null],
    ['Converting circular structure to JSON', null, null],
  ])('turns "%s" (%s) into "%s"', (message, code, why) => {
    expect(retryHint(new DatabaseError(message, code, null))).toBe(why);
  });

  it('is null for an error that is not a DatabaseError', () => {
    expect(retryHint(Object.assign(new Error('deadlock detected'), { code: '40P01' }))).toBeNull();
  });
});
