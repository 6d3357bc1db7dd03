//! The PROXY protocol, version 2: the few bytes by which a relay tells a server whose connection it passes on.
//!
//! Owns reading and writing of the header, with its bounds. It never decides whether a header is believed.
//!
//! ```text
//! 0D 0A 0D 0A 00 0D 0A 51 55 49 54 0A   version and command   family   length:u16   addresses and extensions
//! ```

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// What every header begins with; no dialect begins so.
pub const SIGNATURE: [u8; 12] = *b"\r\n\r\n\0\r\nQUIT\n";
/// The bytes of a header before its addresses.
pub const HEAD_BYTES: usize = SIGNATURE.len() + 4;
/// The longest header that is read, in bytes; ours are at most 52, and extensions of others are passed over.
pub const BYTES_MAX: usize = 1_024;

const LOCAL: u8 = 0x20;
const PROXY: u8 = 0x21;
const TCP4: u8 = 0x11;
const TCP6: u8 = 0x21;
/// Two addresses and two ports.
const TCP4_BYTES: usize = 12;
const TCP6_BYTES: usize = 36;

/// What the beginning of a connection's bytes is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// No header: the bytes are the dialect's.
    Absent,
    /// The beginning of a header, or no byte at all; more bytes tell.
    Part,
    /// A whole header.
    Whole {
        /// How many bytes it has; the dialect's begin behind them.
        len: usize,
        /// The user's own address and port; `None` where the header tells none (the relay speaks for itself, or the
        /// family is none of ours).
        addr: Option<SocketAddr>,
    },
    /// A header of another version, a longer one than [`BYTES_MAX`], or one too short for its addresses.
    Bad,
}

/// Reads the header that the bytes of a new connection begin with, if they begin with one.
pub fn read(bytes: &[u8]) -> Read {
    let signature = bytes.len().min(SIGNATURE.len());
    if bytes[..signature] != SIGNATURE[..signature] {
        return Read::Absent;
    }
    let Some(&[command, family, high, low]) = bytes.get(SIGNATURE.len()..HEAD_BYTES) else { return part(bytes) };
    let len = HEAD_BYTES + usize::from(u16::from_be_bytes([high, low]));
    if !matches!(command, LOCAL | PROXY) || len > BYTES_MAX {
        return Read::Bad;
    }
    let Some(body) = bytes.get(HEAD_BYTES..len) else { return Read::Part };
    match (command, family) {
        (PROXY, TCP4) => source(body, TCP4_BYTES, len),
        (PROXY, TCP6) => source(body, TCP6_BYTES, len),
        _ => Read::Whole { len, addr: None },
    }
}

/// The header's beginning is right so far as it goes; another version shows at once.
fn part(bytes: &[u8]) -> Read {
    match bytes.get(SIGNATURE.len()) {
        None | Some(&(LOCAL | PROXY)) => Read::Part,
        Some(_) => Read::Bad,
    }
}

/// The address and port that the connection comes from: the first of each pair.
fn source(body: &[u8], addresses: usize, len: usize) -> Read {
    let Some(body) = body.get(..addresses) else { return Read::Bad };
    let (ips, ports) = body.split_at(addresses - 4);
    let ip = &ips[..ips.len() / 2];
    let ip = match (<[u8; 4]>::try_from(ip), <[u8; 16]>::try_from(ip)) {
        (Ok(four), _) => IpAddr::V4(Ipv4Addr::from(four)),
        (_, Ok(sixteen)) => IpAddr::V6(Ipv6Addr::from(sixteen)),
        (Err(_), Err(_)) => unreachable!("addresses have four or sixteen bytes"),
    };
    Read::Whole { len, addr: Some(SocketAddr::new(ip, u16::from_be_bytes([ports[0], ports[1]]))) }
}

/// Appends the header of a connection from `from` that the relay accepted at `to`. Addresses of two families are
/// written in the longer one's form.
pub fn write(from: SocketAddr, to: SocketAddr, out: &mut Vec<u8>) {
    out.extend_from_slice(&SIGNATURE);
    out.push(PROXY);
    match (from.ip(), to.ip()) {
        (IpAddr::V4(from_ip), IpAddr::V4(to_ip)) => {
            out.push(TCP4);
            length(TCP4_BYTES, out);
            out.extend_from_slice(&from_ip.octets());
            out.extend_from_slice(&to_ip.octets());
        }
        (from_ip, to_ip) => {
            out.push(TCP6);
            length(TCP6_BYTES, out);
            out.extend_from_slice(&sixteen(from_ip).octets());
            out.extend_from_slice(&sixteen(to_ip).octets());
        }
    }
    out.extend_from_slice(&from.port().to_be_bytes());
    out.extend_from_slice(&to.port().to_be_bytes());
}

fn length(bytes: usize, out: &mut Vec<u8>) {
    let bytes = u16::try_from(bytes).expect("addresses are short");
    out.extend_from_slice(&bytes.to_be_bytes());
}

fn sixteen(ip: IpAddr) -> Ipv6Addr {
    match ip {
        IpAddr::V4(ip) => ip.to_ipv6_mapped(),
        IpAddr::V6(ip) => ip,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addr(text: &str) -> SocketAddr {
        text.parse().expect("an address")
    }

    fn header(from: &str, to: &str) -> Vec<u8> {
        let mut out = Vec::new();
        write(addr(from), addr(to), &mut out);
        out
    }

    #[test]
    fn a_header_is_at_most_as_long_as_it_may_be() {
        let long = |len: usize| {
            let body = u16::try_from(len - HEAD_BYTES).expect("it is small").to_be_bytes();
            let mut bytes = [&SIGNATURE[..], &[PROXY, 0], &body].concat();
            bytes.resize(len, 0);
            bytes
        };
        assert_eq!(read(&long(BYTES_MAX)), Read::Whole { len: BYTES_MAX, addr: None });
        assert_eq!(read(&long(BYTES_MAX + 1)), Read::Bad);
    }

    #[test]
    fn what_is_written_is_read_whatever_follows() {
        for (from, to) in
            [("192.0.2.7:4321", "127.0.0.1:9000"), ("[2001:db8::7]:4321", "[::1]:9000"), ("0.0.0.0:0", "9.9.9.9:1")]
        {
            let mut bytes = header(from, to);
            let len = bytes.len();
            bytes.extend_from_slice(b"login Cool");
            assert_eq!(read(&bytes), Read::Whole { len, addr: Some(addr(from)) });
        }
    }

    #[test]
    fn the_bytes_are_those_of_the_specification() {
        let expected =
            [&SIGNATURE[..], &[0x21, 0x11, 0, 12, 192, 0, 2, 7, 127, 0, 0, 1, 0x10, 0xe1, 0x23, 0x28]].concat();
        assert_eq!(header("192.0.2.7:4321", "127.0.0.1:9000"), expected);
    }

    #[test]
    fn an_address_of_another_family_is_mapped() {
        let bytes = header("192.0.2.7:4321", "[::1]:9000");
        let Read::Whole { addr: Some(read), .. } = read(&bytes) else { panic!("a whole header") };
        assert_eq!(read, addr("[::ffff:192.0.2.7]:4321"));
    }

    #[test]
    fn every_beginning_of_a_header_is_a_part_of_one() {
        let bytes = header("[2001:db8::7]:4321", "[::1]:9000");
        for end in 0..bytes.len() {
            assert_eq!(read(&bytes[..end]), Read::Part, "the first {end} bytes");
        }
    }

    #[test]
    fn a_local_header_tells_no_address() {
        let bytes = [&SIGNATURE[..], &[LOCAL, 0, 0, 0]].concat();
        assert_eq!(read(&bytes), Read::Whole { len: HEAD_BYTES, addr: None });
        let bytes = [&SIGNATURE[..], &[LOCAL, TCP4, 0, 2, 9, 9]].concat();
        assert_eq!(read(&bytes), Read::Whole { len: HEAD_BYTES + 2, addr: None });
        let unix = [&SIGNATURE[..], &[PROXY, 0x31, 0, 1, 9]].concat();
        assert_eq!(read(&unix), Read::Whole { len: HEAD_BYTES + 1, addr: None });
    }

    #[test]
    fn extensions_are_passed_over() {
        let mut bytes = header("192.0.2.7:4321", "127.0.0.1:9000");
        bytes[HEAD_BYTES - 1] += 5;
        bytes.extend_from_slice(&[0x04, 0, 2, 7, 7]);
        assert_eq!(read(&bytes), Read::Whole { len: bytes.len(), addr: Some(addr("192.0.2.7:4321")) });
        assert_eq!(read(&bytes[..bytes.len() - 1]), Read::Part);
    }

    #[test]
    fn headers_out_of_bounds_are_bad() {
        let head = |rest: &[u8]| read(&[&SIGNATURE[..], rest].concat());
        assert_eq!(head(&[0x11]), Read::Bad, "version 1 is no version of these bytes");
        assert_eq!(head(&[0x22, TCP4, 0, 12]), Read::Bad, "there are two commands");
        assert_eq!(head(&[PROXY, TCP4, 0xff, 0xff]), Read::Bad, "too long");
        assert_eq!(head(&[PROXY, TCP4, 0, 4, 1, 2, 3, 4]), Read::Bad, "too short for two addresses");
    }

    #[test]
    fn what_begins_otherwise_is_no_header() {
        for bytes in [&b"\xf0HNB"[..], b"{", b"\r\nhello", b"login Cool", b"PROXY TCP4"] {
            assert_eq!(read(bytes), Read::Absent);
        }
        assert_eq!(read(b"\r\n"), Read::Part, "it may become one");
    }
}
