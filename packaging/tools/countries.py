#!/usr/bin/env python3
"""Makes App/Platform/Places/countries.bin: which country an IP address is registered in, small enough to be looked up where it lies.

    npm pack @ip-location-db/geo-whois-asn-country
    packaging/tools/countries.py ip-location-db-geo-whois-asn-country-*.tgz

The package is CC0-1.0. What no network of the internet has (private ones, this machine, examples) is nowhere. What is kept: IPv4 by /24, IPv6 by /48; a network that several countries share goes by its first; a hole between two
networks of one country belongs to it. The file, all numbers big-endian:

    "GHC1", u16 countries, two letters each (the first: two blanks, for nowhere),
    u32 cells of IPv4, their first /24 (3 bytes each), their country (1 byte each),
    u32 cells of IPv6, their first /48 (6 bytes each), their country (1 byte each).
"""
import csv
import io
import ipaddress
import struct
import sys
import tarfile


# https://www.iana.org/assignments/iana-ipv4-special-registry; of IPv6 the table has none.
NOWHERE = ('0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 '
           '198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3').split()


def with_nowhere(rows):
    special = [(int(n[0]), int(n[-1]), '  ') for n in map(ipaddress.ip_network, NOWHERE)]
    return sorted([(int(a), int(b), c) for a, b, c in rows if not any(x <= int(a) and int(b) <= y for x, y, _ in special)] + special)


def cells(rows, shift):
    """Where each country begins, in order: what lies before the first and behind the last is nowhere."""
    out, end = [], 0
    for first, last, country in rows:
        first, last = max(int(first) >> shift, end), int(last) >> shift
        if last < first:
            continue
        if first > end and out and out[-1][1] != country:
            out.append((end, '  '))
        if not out or out[-1][1] != country:
            out.append((first, country))
        end = last + 1
    out.append((end, '  '))
    return out


def main(package):
    with tarfile.open(package) as tar:
        def rows(family):
            return csv.reader(io.TextIOWrapper(tar.extractfile(f'package/geo-whois-asn-country-{family}-num.csv')))
        both = [(cells(with_nowhere(rows('ipv4')), 8), 3), (cells(rows('ipv6'), 80), 6)]
    names = ['  '] + sorted({c for part, _ in both for _, c in part} - {'  '})
    index = {c: i for i, c in enumerate(names)}
    with open('App/Platform/Places/countries.bin', 'wb') as f:
        f.write(b'GHC1' + struct.pack('>H', len(names)) + ''.join(names).encode())
        for part, size in both:
            # The last cell may begin behind the last address.
            part = [(at, c) for at, c in part if at < 1 << 8 * size]
            f.write(struct.pack('>I', len(part)) + b''.join(at.to_bytes(size, 'big') for at, _ in part) + bytes(index[c] for _, c in part))
            print(len(part), 'cells of', size, 'bytes')


if __name__ == '__main__':
    main(sys.argv[1])
