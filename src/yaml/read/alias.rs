//! Follows aliases, within bounds: what they stand for is shared, never copied, and counted as if it were.

use std::sync::Arc;

use super::{Anchor, LEAF, MAX_DEPTH, Pending, Reader, Size};
use crate::model::diagnostic::Diagnostic;
use crate::model::place::Place;
use crate::suggest::suggest;
use crate::yaml::tree::Kind;
use crate::yaml::{ALIAS_BOMB, ALIAS_CYCLE, TOO_DEEP, UNKNOWN_ANCHOR, brief};

/// How many nodes may be reached through the aliases of one file.
const MAX_ALIASED: u64 = 1_000_000;

/// How many anchors are looked through for one that was meant.
const SUGGESTED_FROM: usize = 1_000;

impl Reader<'_, '_> {
    pub(super) fn alias(&mut self, anchor: usize, place: Place) -> (Kind, Size) {
        let broken = (Kind::Broken, LEAF);
        let (node, size) = match self.anchors.get(&anchor) {
            Some(Anchor::Done(node, size)) => (Arc::clone(node), *size),
            Some(Anchor::Lost) | None => return broken,
            Some(Anchor::Open) => {
                let within = self
                    .frames
                    .iter()
                    .find(|it| it.anchor == anchor)
                    .map(|it| it.place);
                let name = brief(&self.text[place.start as usize..place.end as usize]);
                let mut diagnostic =
                    Diagnostic::error(ALIAS_CYCLE, place, format!("`{name}` contains itself"));
                if let Some(within) = within {
                    let within = Place {
                        end: within.start,
                        ..within
                    };
                    diagnostic =
                        diagnostic.related(within, "it begins here and is not finished yet");
                }
                self.diagnostics.push(diagnostic);
                return broken;
            }
        };
        let merged = self.frames.last().map_or(0, |frame| match frame.pending {
            _ if frame.merged_list => 2,
            Pending::Merge => 1,
            Pending::Nothing | Pending::Key(_) | Pending::Dropped => 0,
        });
        if (self.frames.len() + size.height).saturating_sub(merged) > MAX_DEPTH {
            self.too_deep(place);
            return broken;
        }
        self.aliased = self.aliased.saturating_add(size.weight);
        if self.aliased > MAX_ALIASED {
            if !self.bomb_reported {
                self.bomb_reported = true;
                let message =
                    format!("the aliases of this file stand for more than {MAX_ALIASED} values");
                self.diagnostics.push(
                    Diagnostic::error(ALIAS_BOMB, place, message)
                        .help("write fewer aliases to aliases"),
                );
            }
            return broken;
        }
        (Kind::Shared(node), size)
    }

    pub(super) fn too_deep(&mut self, place: Place) {
        self.too_deep_reported = true;
        let message = format!("lists and mappings are nested deeper than {MAX_DEPTH} levels");
        self.diagnostics
            .push(Diagnostic::error(TOO_DEEP, place, message));
    }

    pub(super) fn unknown_anchor(&mut self, name: &str, place: Place) {
        let meant = suggest(name, self.names.iter().take(SUGGESTED_FROM).map(|it| &**it));
        let label = meant
            .map(|it| format!("did you mean `*{}`?", brief(it)))
            .unwrap_or_default();
        self.diagnostics.push(
            Diagnostic::error(
                UNKNOWN_ANCHOR,
                place,
                format!("no anchor is named `{}`", brief(name)),
            )
            .label(label)
            .help("an anchor is written `&name`, above its first use and in the same document"),
        );
    }
}
