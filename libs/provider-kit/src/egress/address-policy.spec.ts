import { AddressPolicy } from './address-policy';

const HOSTILE = [
  // "this network"
  '0.0.0.0',
  '0.0.0.1',
  '0.255.255.255',
  '::',
  // loopback
  '127.0.0.1',
  '127.1.2.3',
  '127.255.255.255',
  '::1',
  // private
  '10.0.0.1',
  '10.255.255.255',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.0.1',
  '192.168.255.255',
  'fc00::1',
  'fdff:ffff::1',
  // carrier-grade NAT
  '100.64.0.1',
  '100.127.255.255',
  // link-local
  '169.254.0.1',
  '169.254.169.254',
  '169.254.170.2',
  'fe80::1',
  'fe80::a9fe:a9fe',
  'febf::1',
  'fec0::1',
  // metadata elsewhere
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  'fd00:ec2::254',
  'fd00:ec2::23',
  'fd20:ce::254',
  // multicast, broadcast, reserved, documentation, benchmarks
  '224.0.0.1',
  '239.255.255.255',
  '255.255.255.255',
  '240.0.0.1',
  '192.0.0.1',
  '192.0.2.1',
  '198.51.100.1',
  '203.0.113.1',
  '198.18.0.1',
  '198.19.255.255',
  '192.88.99.1',
  'ff02::1',
  'ff0e::1',
  '2001:db8::1',
  '3fff::1',
  '100::1',
  '2001:2::1',
  '2001:10::1',
  '2001:20::1',
  '5f00::1',
  // not (yet) allocated
  '4000::1',
  'e000::1',
  // IPv4 in IPv6
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::ffff:10.0.0.1',
  '::ffff:169.254.169.254',
  '::ffff:a9fe:a9fe',
  '::ffff:0.0.0.0',
  '::ffff:255.255.255.255',
  '0:0:0:0:0:ffff:c0a8:1',
  '::127.0.0.1',
  '::169.254.169.254',
  '::8.8.8.8',
  '::93.184.216.34',
  '::ffff:0:127.0.0.1',
  '::ffff:0:8.8.8.8',
  // translators and tunnels
  '64:ff9b::127.0.0.1',
  '64:ff9b::10.0.0.1',
  '64:ff9b::169.254.169.254',
  '64:ff9b::168.63.129.16',
  '64:ff9b::0.0.0.0',
  '64:ff9b:1::8.8.8.8',
  '64:ff9b:1:fffe::7f00:1',
  '2002:7f00:1::1',
  '2002:a9fe:a9fe::1',
  '2002:808:808::1',
  '2001::1',
  '2001:0:7f00:1::',
  '2001:0:4136:e378:8000:63bf:3fff:fdd2',
  // not addresses in canonical form
  '',
  'localhost',
  'fe80::1%eth0',
  '0x7f.1',
  '2130706433',
  '127.1',
  '0177.0.0.1',
  '127.0.0.1.',
  '[::1]',
  '1.1.1.1/32',
];

const PUBLIC = [
  '1.1.1.1',
  '8.8.8.8',
  '140.82.121.6',
  '100.63.255.255',
  '100.128.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '192.167.255.255',
  '169.253.255.255',
  '169.255.0.0',
  '223.255.255.255',
  '2606:4700:4700::1111',
  '2a00:1450:4001:81b::200e',
  '::ffff:8.8.8.8',
  '64:ff9b::8.8.8.8',
];

/** Addresses that only an operator's allow-list opens. */
const OPENABLE = new Set([
  ...['127.0.0.1', '127.1.2.3', '127.255.255.255', '::1', '10.0.0.1', '10.255.255.255', '172.16.0.1'],
  ...['172.31.255.255', '192.168.0.1', '192.168.255.255', 'fc00::1', 'fdff:ffff::1', '100.64.0.1', '100.127.255.255'],
  ...['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:10.0.0.1', '0:0:0:0:0:ffff:c0a8:1'],
]);

describe('AddressPolicy', () => {
  const closed = new AddressPolicy([]);
  const open = new AddressPolicy(['0.0.0.0/0', '::/0']);

  it.each(HOSTILE)('refuses %s without an allow-list', (address) => {
    expect(closed.judge(address)).toEqual({ allowed: false, why: expect.stringContaining(address) });
  });

  it.each(PUBLIC)('allows %s', (address) => {
    expect(closed.judge(address)).toEqual({ allowed: true });
  });

  it.each(HOSTILE)('opens %s to an allow-list of all addresses only if it is loopback, private or CGNAT', (address) => {
    expect(open.judge(address).allowed).toBe(OPENABLE.has(address));
  });

  it('opens only the ranges on its allow-list', () => {
    const policy = new AddressPolicy(['10.1.0.0/16', '127.0.0.1', 'fd12::/16']);
    const judged = ['10.1.2.3', '10.2.0.1', '127.0.0.1', '127.0.0.2', 'fd12::5', 'fd13::5', '::1'];
    expect(judged.filter((address) => policy.judge(address).allowed)).toEqual(['10.1.2.3', '127.0.0.1', 'fd12::5']);
  });

  it.each([
    '',
    'localhost',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.0/8x',
    '10/8',
    '::/129',
    '10.0.0.0/-1',
    '300.1.1.1',
  ])('names the malformed entry "%s" in its error', (entry) => {
    expect(() => new AddressPolicy(['10.0.0.0/8', entry])).toThrow(`"${entry}" is neither`);
  });
});
