//! Values as bytes that are the same for equal values and differ for others, to be fingerprinted under a key.

use super::delivery::{Destination, SecretOutput};
use super::field::{SecretField, Value};

/// Who takes the bytes, part by part: they may hold secrets, which are not to lie about in one more place.
pub(crate) type Sink<'a> = dyn FnMut(&[u8]) + 'a;

/// Writes some fields by their names, in the order given. A value that nobody knows counts as one that is left out.
pub(crate) fn fields<'v>(
    fields: impl Iterator<Item = (&'v str, Option<&'v Value>)>,
    sink: &mut Sink<'_>,
) {
    for (name, value) in fields {
        part(name.as_bytes(), sink);
        match value {
            Some(value) => self::value(value, sink),
            None => sink(b"0"),
        }
    }
}

/// Writes one value.
pub(crate) fn value(value: &Value, sink: &mut Sink<'_>) {
    match value {
        Value::Text(text) => tagged(b"t", text.as_bytes(), sink),
        Value::Sensitive(text) => tagged(b"s", text.as_bytes(), sink),
        Value::Flag(flag) => sink(if *flag { b"y" } else { b"n" }),
        Value::Set(set) => texts(b"S", set.iter().cloned(), sink),
        Value::Name(name) => tagged(b"r", name.to_string().as_bytes(), sink),
        Value::Names(names) => texts(b"R", names.iter().map(ToString::to_string), sink),
        Value::Access(access) => {
            texts(b"A", access.keys().map(ToString::to_string), sink);
            texts(b"a", access.values().map(ToString::to_string), sink);
        }
        Value::Secret(SecretField::Known(bytes)) => tagged(b"x", bytes.reveal(), sink),
        Value::Secret(SecretField::Unknown { .. }) => sink(b"0"),
        Value::Output(SecretOutput { to, place: _ }) => match to {
            Destination::File(path) => tagged(b"f", path.as_bytes(), sink),
            Destination::Command { program, args } => {
                tagged(b"c", program.as_bytes(), sink);
                texts(b"C", args.iter().cloned(), sink);
            }
        },
    }
}

// Tags and lengths stand before every part, so that no two values run into one.

fn part(part: &[u8], sink: &mut Sink<'_>) {
    sink(&(part.len() as u64).to_be_bytes());
    sink(part);
}

fn tagged(tag: &[u8], bytes: &[u8], sink: &mut Sink<'_>) {
    sink(tag);
    part(bytes, sink);
}

fn texts(tag: &[u8], texts: impl ExactSizeIterator<Item = String>, sink: &mut Sink<'_>) {
    sink(tag);
    sink(&(texts.len() as u64).to_be_bytes());
    texts.for_each(|it| part(it.as_bytes(), sink));
}

#[cfg(test)]
mod tests {
    use super::{fields, value};
    use crate::model::field::Value;

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    fn set(items: &[&str]) -> Value {
        Value::Set(items.iter().map(ToString::to_string).collect())
    }

    fn bytes(of: &Value) -> Vec<u8> {
        let mut bytes = Vec::new();
        value(of, &mut |part| bytes.extend(part));
        bytes
    }

    #[test]
    fn equal_values_have_the_same_bytes_and_others_have_not() {
        let values = [
            text(""),
            text("ab"),
            Value::Sensitive("ab".to_owned()),
            Value::Flag(true),
            Value::Flag(false),
            set(&[]),
            set(&["a", "b"]),
            set(&["ab"]),
        ];
        for (at, one) in values.iter().enumerate() {
            for (other_at, other) in values.iter().enumerate() {
                assert_eq!(
                    bytes(one) == bytes(other),
                    at == other_at,
                    "{one:?} {other:?}"
                );
            }
        }
    }

    #[test]
    fn the_order_in_which_a_set_was_written_means_nothing() {
        assert_eq!(bytes(&set(&["a", "b"])), bytes(&set(&["b", "a"])));
    }

    #[test]
    fn a_field_counts_with_its_name() {
        let (a, b) = (text("x"), text("x"));
        let of = |name, value: Option<&Value>| {
            let mut bytes = Vec::<u8>::new();
            fields([(name, value)].into_iter(), &mut |part| bytes.extend(part));
            bytes
        };
        assert_eq!(of("name", Some(&a)), of("name", Some(&b)));
        assert_ne!(of("name", Some(&a)), of("label", Some(&b)));
        assert_ne!(of("name", Some(&a)), of("name", None));
    }
}
