//! One-time codes. Assumed: RFC 6238 with SHA-1, six digits and thirty seconds, as the samples of the vendor look.

use ring::hmac;

/// Reads base32, in the alphabet of RFC 4648 with or without padding; nothing if it is not that.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    if digits.is_empty() || text.len() - digits.len() > 6 {
        return None;
    }
    let mut bytes = Vec::with_capacity(digits.len() * 5 / 8);
    let (mut held, mut bits) = (0_u32, 0_u32);
    for digit in digits.bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'2'..=b'7' => digit - b'2' + 26,
            _ => return None,
        };
        held = (held << 5) | u32::from(value);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            let [.., byte] = (held >> bits).to_be_bytes();
            bytes.push(byte);
            held &= (1 << bits) - 1;
        }
    }
    Some(bytes)
}

/// The code at a time in seconds since 1970; nothing if the seed is not base32.
pub(crate) fn code(seed: &str, seconds: u64) -> Option<String> {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &decode(seed)?);
    let tag = hmac::sign(&key, &(seconds / 30).to_be_bytes());
    let hash = tag.as_ref();
    let at = usize::from(hash.last()? & 0xf);
    let word: [u8; 4] = hash.get(at..at + 4)?.try_into().ok()?;
    let number = u32::from_be_bytes(word) & 0x7fff_ffff;
    Some(format!("{:06}", number % 1_000_000))
}

#[cfg(test)]
mod tests {
    use super::{code, decode};

    #[test]
    fn base32_is_read_and_anything_else_is_not() {
        assert_eq!(decode("MFRGGZDFMZTWQ2LK").unwrap(), b"abcdefghij");
        assert_eq!(decode("MFRA====").unwrap(), b"ab");
        for bad in ["", "====", "mfrg", "MFR1", "MF RG", "MFRA========"] {
            assert_eq!(decode(bad), None, "{bad}");
        }
    }

    #[test]
    fn codes_are_those_of_the_rfc() {
        // RFC 6238, appendix B, with the last six of the eight digits printed there.
        let seed = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        let printed = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (20_000_000_000, "353130"),
        ];
        for (seconds, digits) in printed {
            assert_eq!(code(seed, seconds).unwrap(), digits, "{seconds}");
        }
    }
}
