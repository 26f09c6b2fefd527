//! Whether a policy lets a drive be used where it is. Assumed: each of the three lists must let it through.

use std::net::Ipv4Addr;

use super::section::{FenceMode, Geofence};

/// Where a drive reports in from. What is not known is not looked at.
pub(crate) struct Whereabouts<'a> {
    pub ip: Option<Ipv4Addr>,
    pub country: Option<&'a str>,
    pub isp: Option<&'a str>,
}

/// Whether a text is an address, one with `*` for some of its parts, or a range such as `192.0.2.0/24` \[16\].
pub(crate) fn is_pattern(text: &str) -> bool {
    range(text).is_some()
}

/// Whether a geofence lets a drive be used.
pub(crate) fn permits(fence: &Geofence, at: &Whereabouts<'_>) -> bool {
    let named = |values: &[String], name: &str| {
        let mut values = values.iter();
        values.any(|value| value.eq_ignore_ascii_case(name))
    };
    let Geofence {
        enabled,
        message: _,
        ip,
        country,
        isp,
    } = fence;
    let lets = |mode: FenceMode, values: &[String], is_named: Option<bool>| match is_named {
        Some(is_named) if !values.is_empty() => is_named == (mode == FenceMode::Allow),
        Some(_) | None => true,
    };
    let by_ip = at.ip.map(|at| ip.values.iter().any(|it| covers(it, at)));
    let by_country = at.country.map(|at| named(&country.values, at));
    let by_isp = at.isp.map(|at| named(&isp.values, at));
    !enabled
        || lets(ip.mode, &ip.values, by_ip)
            && lets(country.mode, &country.values, by_country)
            && lets(isp.mode, &isp.values, by_isp)
}

fn covers(pattern: &str, ip: Ipv4Addr) -> bool {
    range(pattern).is_some_and(|(address, mask)| ip.to_bits() & mask == address & mask)
}

/// An address and which of its bits matter.
fn range(pattern: &str) -> Option<(u32, u32)> {
    if let Some((address, length)) = pattern.split_once('/') {
        let address: Ipv4Addr = address.parse().ok()?;
        let length: u32 = length.parse().ok().filter(|length| *length <= 32)?;
        let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
        return Some((address.to_bits(), mask));
    }
    let mut address = Vec::new();
    let mut mask = Vec::new();
    for part in pattern.split('.') {
        let is_any = part == "*";
        address.push(if is_any { 0 } else { part.parse::<u8>().ok()? });
        mask.push(if is_any { 0 } else { u8::MAX });
    }
    let bits = |parts: Vec<u8>| Some(u32::from_be_bytes(parts.try_into().ok()?));
    Some((bits(address)?, bits(mask)?))
}

#[cfg(test)]
mod tests {
    use super::{Whereabouts, is_pattern, permits};
    use crate::vendors::safeconsole::emulator::section::{FenceMode, Geofence};

    fn fence(mode: FenceMode, ips: &[&str]) -> Geofence {
        let mut fence = Geofence {
            enabled: true,
            ..Geofence::default()
        };
        fence.ip.mode = mode;
        fence.ip.values = ips.iter().map(|ip| (*ip).to_owned()).collect();
        fence
    }

    fn is_let_in(fence: &Geofence, ip: &str) -> bool {
        let at = Whereabouts {
            ip: ip.parse().ok(),
            country: Some("Norway"),
            isp: None,
        };
        permits(fence, &at)
    }

    #[test]
    fn addresses_wildcards_and_ranges_are_patterns() {
        for pattern in [
            "192.0.2.1",
            "192.0.2.*",
            "*.0.*.1",
            "192.0.2.0/24",
            "0.0.0.0/0",
        ] {
            assert!(is_pattern(pattern), "{pattern}");
        }
        for text in [
            "192.0.2",
            "192.0.2.256",
            "192.0.2.0/33",
            "example.org",
            "",
            "1.2.3.4.5",
        ] {
            assert!(!is_pattern(text), "{text}");
        }
    }

    #[test]
    fn a_list_lets_in_or_keeps_out() {
        for pattern in ["192.0.2.7", "192.0.2.*", "192.0.2.0/24", "0.0.0.0/0"] {
            assert!(is_let_in(&fence(FenceMode::Allow, &[pattern]), "192.0.2.7"));
            assert!(!is_let_in(&fence(FenceMode::Deny, &[pattern]), "192.0.2.7"));
        }
        assert!(!is_let_in(
            &fence(FenceMode::Allow, &["192.0.3.*"]),
            "192.0.2.7"
        ));
        assert!(is_let_in(&fence(FenceMode::Allow, &[]), "192.0.2.7"));
    }

    #[test]
    fn each_list_must_let_a_drive_through_while_the_fence_is_on() {
        let mut both = fence(FenceMode::Allow, &["192.0.2.*"]);
        both.country.values.push("norway".to_owned());
        assert!(!is_let_in(&both, "192.0.2.7"));
        both.enabled = false;
        assert!(is_let_in(&both, "192.0.2.7"));
    }
}
