//! Diagnostics as JSON, in the spirit of `terraform validate -json`.

use serde::Serialize;

use super::{Locator, Point, counts, severity, written};
use crate::model::diagnostic::Diagnostic;
use crate::model::place::{Place, Sources};

/// Grows its second number with additions, its first with anything that could break a reader.
const FORMAT_VERSION: &str = "1.0";

#[derive(Serialize)]
struct Report<'a> {
    format_version: &'static str,
    valid: bool,
    error_count: usize,
    warning_count: usize,
    diagnostics: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct Item<'a> {
    severity: &'static str,
    code: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    label: &'a str,
    #[serde(flatten)]
    spot: Option<Spot<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<Related<'a>>,
}

#[derive(Serialize)]
struct Related<'a> {
    message: &'a str,
    #[serde(flatten)]
    spot: Spot<'a>,
}

#[derive(Serialize)]
struct Spot<'a> {
    file: &'a str,
    range: Extent,
}

#[derive(Serialize)]
struct Extent {
    start: Point,
    end: Point,
}

/// Renders diagnostics as one JSON object on several lines. Lines and columns count from 1, columns in characters;
/// bytes count from 0.
pub(crate) fn json(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let mut locator = Locator::new(sources);
    let mut spot = |place: Place| Spot {
        file: locator.path(place),
        range: Extent {
            start: locator.start(place),
            end: locator.end(place),
        },
    };
    let items = diagnostics.iter().map(|it| Item {
        severity: severity(it),
        code: it.code.0,
        message: &it.message,
        label: &it.label,
        spot: it.place.map(&mut spot),
        help: it.help.as_deref(),
        related: it
            .related
            .iter()
            .map(|(place, word)| Related {
                message: word,
                spot: spot(*place),
            })
            .collect(),
    });
    let items = items.collect();
    let (error_count, warning_count) = counts(diagnostics);
    let report = Report {
        format_version: FORMAT_VERSION,
        valid: error_count == 0,
        error_count,
        warning_count,
        diagnostics: items,
    };
    written(&report)
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::json;
    use crate::report::diagnostics::tests::{FILES, check, some};

    #[test]
    fn machines_see_every_place() {
        assert_snapshot!(check(json, &FILES, |at| some(at)[1..].to_vec()), @r#"
        {
          "format_version": "1.0",
          "valid": false,
          "error_count": 2,
          "warning_count": 1,
          "diagnostics": [
            {
              "severity": "error",
              "code": "duplicate-name",
              "message": "`dono` is taken",
              "label": "again",
              "file": "vault/shared.yaml",
              "range": {
                "start": {
                  "line": 4,
                  "column": 13,
                  "byte": 76
                },
                "end": {
                  "line": 4,
                  "column": 17,
                  "byte": 80
                }
              },
              "related": [
                {
                  "message": "near it",
                  "file": "vault/shared.yaml",
                  "range": {
                    "start": {
                      "line": 3,
                      "column": 16,
                      "byte": 31
                    },
                    "end": {
                      "line": 3,
                      "column": 21,
                      "byte": 36
                    }
                  }
                },
                {
                  "message": "in another file",
                  "file": "a,b:100%/x.yaml",
                  "range": {
                    "start": {
                      "line": 8,
                      "column": 9,
                      "byte": 56
                    },
                    "end": {
                      "line": 8,
                      "column": 14,
                      "byte": 61
                    }
                  }
                }
              ]
            },
            {
              "severity": "warning",
              "code": "far",
              "message": "100% odd,\nreally",
              "file": "a,b:100%/x.yaml",
              "range": {
                "start": {
                  "line": 9,
                  "column": 1,
                  "byte": 68
                },
                "end": {
                  "line": 9,
                  "column": 8,
                  "byte": 75
                }
              },
              "related": [
                {
                  "message": "far from it",
                  "file": "a,b:100%/x.yaml",
                  "range": {
                    "start": {
                      "line": 1,
                      "column": 3,
                      "byte": 2
                    },
                    "end": {
                      "line": 1,
                      "column": 6,
                      "byte": 5
                    }
                  }
                }
              ]
            },
            {
              "severity": "error",
              "code": "not-utf8",
              "message": "`b.yaml` is not UTF-8: line 1",
              "help": "save the file as UTF-8"
            }
          ]
        }
        "#);
        assert_snapshot!(check(json, &FILES, |_| Vec::new()), @r#"
        {
          "format_version": "1.0",
          "valid": true,
          "error_count": 0,
          "warning_count": 0,
          "diagnostics": []
        }
        "#);
    }
}
