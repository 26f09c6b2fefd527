//! The segments of a request's path, for emulators whose vendors' paths are more than a router can take apart.

/// Decodes a segment of a path; what cannot be decoded stays as it is.
pub(crate) fn decoded(segment: &str) -> String {
    // In a form `+` is a space, which it is not in a path.
    let form = format!("={}", segment.replace('+', "%2b").replace('&', "%26"));
    let mut pairs = url::form_urlencoded::parse(form.as_bytes());
    let value = pairs.next().map(|(_, value)| value.into_owned());
    value.unwrap_or_else(|| segment.to_owned())
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn a_plus_is_a_plus_and_what_is_escaped_is_what_it_stands_for() {
        assert_eq!(decoded("a+b%20c%2Fd&e"), "a+b c/d&e");
    }
}
