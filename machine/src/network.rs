//! Addresses and networks, as settings name them.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// An address, or all addresses that begin with the same bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network {
    ip: IpAddr,
    bits: u8,
}

impl Network {
    /// The networks of this computer alone.
    pub fn loopback() -> Vec<Self> {
        vec![Self { ip: Ipv4Addr::LOCALHOST.into(), bits: 8 }, Self { ip: Ipv6Addr::LOCALHOST.into(), bits: 128 }]
    }

    /// Whether an address is one of any of these.
    pub fn any_contains(networks: &[Self], ip: IpAddr) -> bool {
        networks.iter().any(|network| network.contains(ip))
    }

    /// Whether an address is one of it. An IPv4 address in the clothes of IPv6 counts as what it is.
    pub fn contains(&self, ip: IpAddr) -> bool {
        match (self.ip, ip.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(ip)) => {
                same_bits(u128::from(u32::from(own)) << 96, u128::from(u32::from(ip)) << 96, self.bits)
            }
            (IpAddr::V6(own), IpAddr::V6(ip)) => same_bits(own.into(), ip.into(), self.bits),
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

/// Whether two addresses begin with the same so many bits.
fn same_bits(a: u128, b: u128, bits: u8) -> bool {
    (a ^ b).leading_zeros() >= u32::from(bits)
}

impl FromStr for Network {
    type Err = &'static str;

    /// Parses `ADDRESS` or `ADDRESS/BITS`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "it has the form ADDRESS or ADDRESS/BITS, such as 10.0.0.0/8";
        let (ip, bits) = text.split_once('/').map_or((text, None), |(ip, bits)| (ip, Some(bits)));
        let ip = ip.parse::<IpAddr>().map_err(|_| FORM)?.to_canonical();
        let most = if ip.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), str::parse::<u8>).map_err(|_| FORM)?;
        if bits > most { Err("it has more bits than an address") } else { Ok(Self { ip, bits }) }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.ip, self.bits)
    }
}

impl TryFrom<String> for Network {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Network> for String {
    fn from(network: Network) -> String {
        network.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        text.parse().expect("a network")
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn a_network_is_all_that_begins_alike() {
        assert!(network("10.0.0.0/8").contains(ip("10.200.3.4")));
        assert!(!network("10.0.0.0/8").contains(ip("11.0.0.1")));
        assert!(network("192.0.2.7").contains(ip("192.0.2.7")) && !network("192.0.2.7").contains(ip("192.0.2.8")));
        assert!(network("0.0.0.0/0").contains(ip("8.8.8.8")) && !network("0.0.0.0/0").contains(ip("2001:db8::1")));
        assert!(network("2001:db8::/32").contains(ip("2001:db8:7::1")));
        assert!(network("127.0.0.0/8").contains(ip("::ffff:127.0.0.1")), "mapped addresses are what they map");
        assert!(!network("::/0").contains(ip("127.0.0.1")));
        let own = Network::loopback();
        assert!(Network::any_contains(&own, ip("127.0.0.1")) && Network::any_contains(&own, ip("::1")));
        assert!(!Network::any_contains(&own, ip("10.0.0.1")) && !Network::any_contains(&[], ip("127.0.0.1")));
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for wrong in ["", "here", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "::/129", "10.0.0.0/8/8"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong:?} is no network");
        }
        assert_eq!(network("10.0.0.0/8").to_string(), "10.0.0.0/8");
        assert_eq!(network("::1").to_string(), "::1/128");
        let settings = serde_json::to_string(&network("10.0.0.0/8")).expect("a network is JSON");
        assert_eq!(settings, "\"10.0.0.0/8\"", "it is kept as it is written");
        assert_eq!(serde_json::from_str::<Network>(&settings).expect("it is read again"), network("10.0.0.0/8"));
    }
}
