import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = [Address, number];

export type AddressVerdict = { readonly allowed: true } | { readonly allowed: false; readonly why: string };

const ALLOWED: AddressVerdict = { allowed: true };

/** Ranges that an operator may allow. Every other special range stays blocked, whatever the allow-list says. */
const OPENABLE = new Map<string, string>([
  ['loopback', 'a loopback address'],
  ['private', 'a private address'],
  ['uniqueLocal', 'a private address'],
  ['carrierGradeNat', 'a carrier-grade NAT address'],
]);

// Metadata services outside the link-local ranges: Alibaba, Azure's wire server, AWS and Google over IPv6.
const METADATA = ['100.100.100.200/32', '168.63.129.16/32', 'fd00:ec2::/32', 'fd20:ce::254/128'].map(parseRange);
const GLOBAL_UNICAST = parseRange('2000::/3');
const NAT64 = parseRange('64:ff9b::/96');

/**
 * Judges the addresses that connections go to. Public addresses are allowed. Loopback, private and carrier-grade NAT
 * addresses are allowed if the operator's allow-list covers them. Link-local, metadata, multicast, reserved and
 * translated addresses are never allowed.
 */
export class AddressPolicy {
  readonly #allow: readonly Range[];

  /** `allow`: addresses or CIDR ranges. Throws an Error that names the first entry which is neither. */
  constructor(allow: readonly string[]) {
    this.#allow = allow.map(parseRange);
  }

  /** `address` must be in the form that resolvers and `URL` produce; anything else is refused. */
  judge(address: string): AddressVerdict {
    if (isIP(address) === 0) return refused(`${address} is not an IP address`);
    const parsed = ipaddr.process(withHexSuffix(address)); // IPv4-mapped addresses are reached over IPv4, so judge them as IPv4
    if (METADATA.some((range) => matches(parsed, range))) return refused(`${address} is a cloud metadata address`);
    if (matches(parsed, NAT64)) return judgeNat64(address, parsed);

    const range = parsed.range();
    const openable = OPENABLE.get(range);
    if (openable) {
      if (this.#allow.some((allowed) => matches(parsed, allowed))) return ALLOWED;
      return refused(`${address} is ${openable} outside the allow-list`);
    }
    if (range === 'unicast' && (parsed.kind() === 'ipv4' || matches(parsed, GLOBAL_UNICAST))) return ALLOWED;
    return refused(`${address} is in the range ${range}, which is never allowed`);
  }
}

/** Writes a dotted IPv4 suffix in hexadecimal: ipaddr.js mistakes the obsolete `::8.8.8.8` for `::ffff:8.8.8.8`. */
function withHexSuffix(address: string): string {
  if (!address.includes(':')) return address;
  return address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...octets: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = octets.slice(0, 4).map(Number);
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
}

/** A NAT64 gateway forwards packets to the IPv4 address in the last four bytes: allowed if that address is public. */
function judgeNat64(address: string, parsed: Address): AddressVerdict {
  const inner = ipaddr.fromByteArray(parsed.toByteArray().slice(12));
  if (inner.range() === 'unicast' && !METADATA.some((range) => matches(inner, range))) return ALLOWED;
  return refused(`${address} leads to ${inner.toString()} through NAT64`);
}

function matches(address: Address, [network, bits]: Range): boolean {
  return address.kind() === network.kind() && address.match(network, bits);
}

function parseRange(text: string): Range {
  const [address, bits, ...rest] = text.trim().split('/');
  const family = isIP(address ?? '');
  if (!address || family === 0 || rest.length > 0) throw badEntry(text);
  const most = family === 4 ? 32 : 128;
  if (bits !== undefined && !/^\d{1,3}$/.test(bits)) throw badEntry(text);
  const prefix = bits === undefined ? most : Number(bits);
  if (prefix > most) throw badEntry(text);
  return [ipaddr.parse(address), prefix];
}

function badEntry(text: string): Error {
  return new Error(`egress allow-list: "${text}" is neither an IP address nor a CIDR range such as 10.0.0.0/8`);
}

function refused(why: string): AddressVerdict {
  return { allowed: false, why };
}
