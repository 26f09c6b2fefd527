//! Where somebody was seen: an IPv4 address and what the server makes of it. Nobody can write a geolocation.

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What the server knows of the place of an address. Every text may be empty \[5\].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Place {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub country: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub region: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub city: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub postal: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub isp: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub host_name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub latitude: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub longitude: String,
}

impl Place {
    /// The object `geolocation`. Assumed: its range of addresses is the 256 around the address.
    pub(crate) fn show(&self, ip: Ipv4Addr, date: &str) -> Value {
        let address = ip.to_bits();
        json!({
            "date": date,
            "ip_start": sixteen_digits(address & !0xFF),
            "ip_end": sixteen_digits(address | 0xFF),
            "ip_address": ip.to_string(),
            "country": self.country,
            "region": self.region,
            "city": self.city,
            "postal": self.postal,
            "isp": self.isp,
            "host_name": self.host_name,
            "latitude": self.latitude,
            "longitude": self.longitude,
        })
    }
}

/// An address as the API writes the ends of ranges: `000000007F000001` is 127.0.0.1 [5, derived].
fn sixteen_digits(address: u32) -> String {
    format!("{address:016X}")
}

#[cfg(test)]
mod tests {
    use super::sixteen_digits;

    #[test]
    fn an_address_is_sixteen_digits() {
        let address = std::net::Ipv4Addr::LOCALHOST.to_bits();
        assert_eq!(sixteen_digits(address), "000000007F000001");
    }
}
