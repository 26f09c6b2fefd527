//! Diagnostics as SARIF 2.1.0, which code hosts and editors read.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::{Locator, severity, written};
use crate::model::diagnostic::Diagnostic;
use crate::model::place::{Place, Sources};

/// Renders one run with one result for each diagnostic.
pub(crate) fn sarif(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let mut locator = Locator::new(sources);
    let mut seen = HashMap::new();
    let codes: BTreeSet<_> = diagnostics.iter().map(|it| it.code.0).collect();
    let rules: Vec<Value> = codes.iter().map(|code| json!({ "id": code })).collect();
    let results: Vec<Value> = diagnostics
        .iter()
        .map(|it| result(it, &mut locator, &mut seen))
        .collect();
    let report = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "trueup", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    written(&report)
}

fn result(
    diagnostic: &Diagnostic,
    locator: &mut Locator<'_>,
    seen: &mut HashMap<u64, usize>,
) -> Value {
    let file = diagnostic.place.map_or("", |place| locator.path(place));
    let fingerprint = fingerprint(&[diagnostic.code.0, &diagnostic.message, file]);
    let count = seen.entry(fingerprint).or_default();
    *count += 1;
    let mut message = diagnostic.message.clone();
    for more in [Some(diagnostic.label.as_str()), diagnostic.help.as_deref()]
        .into_iter()
        .flatten()
    {
        if !more.is_empty() {
            message.push_str("; ");
            message.push_str(more);
        }
    }
    let mut result = Map::new();
    result.insert("ruleId".to_owned(), json!(diagnostic.code.0));
    result.insert("level".to_owned(), json!(severity(diagnostic)));
    result.insert("message".to_owned(), json!({ "text": message }));
    if let Some(place) = diagnostic.place {
        result.insert(
            "locations".to_owned(),
            json!([{ "physicalLocation": location(place, locator) }]),
        );
    }
    if !diagnostic.related.is_empty() {
        let related = diagnostic.related.iter().map(
            |(place, word)| json!({ "physicalLocation": location(*place, locator), "message": { "text": word } }),
        );
        result.insert("relatedLocations".to_owned(), related.collect());
    }
    let fingerprint = format!("{fingerprint:016x}:{count}");
    result.insert(
        "partialFingerprints".to_owned(),
        json!({ "primaryLocationLineHash": fingerprint }),
    );
    Value::Object(result)
}

fn location(place: Place, locator: &mut Locator<'_>) -> Value {
    let (start, end) = (locator.start(place), locator.end(place));
    json!({
        "artifactLocation": { "uri": uri(locator.path(place)) },
        "region": {
            "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column,
        },
    })
}

/// A path as a relative URI.
pub(in crate::report) fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'.' | b'_' | b'~') {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

/// FNV-1a, so that a result is known again after its lines have moved, whatever version of this program wrote it.
pub(in crate::report) fn fingerprint(parts: &[&str]) -> u64 {
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::sarif;
    use crate::model::diagnostic::Diagnostic;
    use crate::report::diagnostics::tests::{CODE, FILES, check, some};

    #[test]
    fn code_scanners_see_stable_fingerprints() {
        assert_snapshot!(check(sarif, &FILES, |at| some(at)[1..].to_vec()).replace(env!("CARGO_PKG_VERSION"), "[version]"), @r#"
        {
          "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
          "version": "2.1.0",
          "runs": [
            {
              "tool": {
                "driver": {
                  "name": "trueup",
                  "version": "[version]",
                  "rules": [
                    {
                      "id": "duplicate-name"
                    },
                    {
                      "id": "far"
                    },
                    {
                      "id": "not-utf8"
                    }
                  ]
                }
              },
              "columnKind": "unicodeCodePoints",
              "results": [
                {
                  "ruleId": "duplicate-name",
                  "level": "error",
                  "message": {
                    "text": "`dono` is taken; again"
                  },
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "vault/shared.yaml"
                        },
                        "region": {
                          "startLine": 4,
                          "startColumn": 13,
                          "endLine": 4,
                          "endColumn": 17
                        }
                      }
                    }
                  ],
                  "relatedLocations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "vault/shared.yaml"
                        },
                        "region": {
                          "startLine": 3,
                          "startColumn": 16,
                          "endLine": 3,
                          "endColumn": 21
                        }
                      },
                      "message": {
                        "text": "near it"
                      }
                    },
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "a%2Cb%3A100%25/x.yaml"
                        },
                        "region": {
                          "startLine": 8,
                          "startColumn": 9,
                          "endLine": 8,
                          "endColumn": 14
                        }
                      },
                      "message": {
                        "text": "in another file"
                      }
                    }
                  ],
                  "partialFingerprints": {
                    "primaryLocationLineHash": "6a5597b44d84aea2:1"
                  }
                },
                {
                  "ruleId": "far",
                  "level": "warning",
                  "message": {
                    "text": "100% odd,\nreally"
                  },
                  "locations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "a%2Cb%3A100%25/x.yaml"
                        },
                        "region": {
                          "startLine": 9,
                          "startColumn": 1,
                          "endLine": 9,
                          "endColumn": 8
                        }
                      }
                    }
                  ],
                  "relatedLocations": [
                    {
                      "physicalLocation": {
                        "artifactLocation": {
                          "uri": "a%2Cb%3A100%25/x.yaml"
                        },
                        "region": {
                          "startLine": 1,
                          "startColumn": 3,
                          "endLine": 1,
                          "endColumn": 6
                        }
                      },
                      "message": {
                        "text": "far from it"
                      }
                    }
                  ],
                  "partialFingerprints": {
                    "primaryLocationLineHash": "05993305331ad3fb:1"
                  }
                },
                {
                  "ruleId": "not-utf8",
                  "level": "error",
                  "message": {
                    "text": "`b.yaml` is not UTF-8: line 1; save the file as UTF-8"
                  },
                  "partialFingerprints": {
                    "primaryLocationLineHash": "203312363bfe725f:1"
                  }
                }
              ]
            }
          ]
        }
        "#);
        let prints = |text: &str| -> Vec<String> {
            let files = [("a.yaml", text)];
            let out = check(sarif, &files, |at| {
                vec![
                    Diagnostic::error(CODE, at(0, "x"), "m"),
                    Diagnostic::error(CODE, at(0, "y"), "m"),
                ]
            });
            out.lines()
                .filter(|it| it.contains("LineHash"))
                .map(str::to_owned)
                .collect()
        };
        assert_eq!(prints("x y"), prints("# moved\n\n  x: y"));
        assert_ne!(prints("x y")[0], prints("x y")[1]);
    }
}
