//! Puts a node that was read where it belongs: to its anchor, into the list or mapping around it, or into what is merged.

use std::sync::Arc;

use super::{Anchor, Pending, Reader, Size};
use crate::model::diagnostic::Diagnostic;
use crate::model::place::Place;
use crate::yaml::tree::{Entry, Key, Kind, Node, Scalar, View};
use crate::yaml::{BAD_KEY, BAD_MERGE, DUPLICATE_KEY, brief};

impl Reader<'_, '_> {
    /// Gives a node that was read to its anchor, if it has one, and to the list or mapping around it.
    pub(super) fn finish(&mut self, mut node: Node, size: Size, anchor: usize) {
        let place = node.place();
        if anchor != 0 {
            let shared = Arc::new(node);
            self.anchors
                .insert(anchor, Anchor::Done(Arc::clone(&shared), size));
            node = Node::new(place, Kind::Shared(shared));
        }
        let Some(frame) = self.frames.last_mut() else {
            self.documents.push(node);
            return;
        };
        if !frame.flow {
            frame.place.end = frame.place.end.max(place.end);
        }
        frame.size.weight = frame.size.weight.saturating_add(size.weight);
        let mut height = size.height;
        if !frame.is_map {
            self.items.push(node);
        } else {
            match std::mem::replace(&mut frame.pending, Pending::Nothing) {
                Pending::Nothing => self.key(node),
                Pending::Key(key) => self.entries.push(Entry { key, value: node }),
                Pending::Merge => {
                    // What is merged lies in this mapping, not one below it.
                    height = height.saturating_sub(if matches!(node.view(), View::List(_)) {
                        2
                    } else {
                        1
                    });
                    self.merge(node);
                }
                Pending::Dropped => {}
            }
        }
        if let Some(frame) = self.frames.last_mut() {
            frame.size.height = frame.size.height.max(height);
        }
    }

    fn key(&mut self, node: Node) {
        let place = node.place();
        let pending = match (node.kind(), node.view()) {
            (Kind::Scalar(Scalar { text, plain: true }), _) if &**text == "<<" => {
                let first = self
                    .frames
                    .last_mut()
                    .and_then(|frame| frame.merge_key.replace(place));
                if let Some(first) = first {
                    let twice = duplicate_key("<<", first, place);
                    self.diagnostics.push(
                        twice.help("merge several mappings at once: `<<: [*first, *second]`"),
                    );
                }
                Pending::Merge
            }
            (_, View::Scalar(_)) => Pending::Key(Key {
                text: node.into_text(),
                place,
            }),
            (Kind::Broken, _) => Pending::Dropped,
            (_, View::Null) if node.is_broken() => Pending::Dropped,
            (_, View::Null | View::List(_) | View::Map(_)) => {
                let what = node.what();
                self.diagnostics.push(
                    Diagnostic::error(BAD_KEY, place, format!("a key must be a text, not {what}"))
                        .help("write the key as a text; put it in quotes if it is `null` or `~`"),
                );
                Pending::Dropped
            }
        };
        if let Some(frame) = self.frames.last_mut() {
            frame.pending = pending;
        }
    }

    fn merge(&mut self, node: Node) {
        let mut sources = Vec::new();
        match node.view() {
            View::List(items) => items
                .iter()
                .for_each(|item| self.merge_source(item.clone(), &mut sources)),
            View::Null | View::Scalar(_) | View::Map(_) => self.merge_source(node, &mut sources),
        }
        if let Some(frame) = self.frames.last_mut() {
            frame.merges.append(&mut sources);
        }
    }

    fn merge_source(&mut self, node: Node, sources: &mut Vec<Arc<Node>>) {
        match (node.kind(), node.view()) {
            (Kind::Shared(shared), View::Map(_)) => sources.push(Arc::clone(shared)),
            (_, View::Map(_)) => sources.push(Arc::new(node)),
            (_, View::Null | View::Scalar(_) | View::List(_)) if node.is_broken() => {}
            (_, View::Null | View::Scalar(_) | View::List(_)) => self.diagnostics.push(
                Diagnostic::error(
                    BAD_MERGE,
                    node.place(),
                    format!("only a mapping can be merged, this is {}", node.what()),
                )
                .help("`<<` takes one mapping, or a list of mappings: `<<: *base`"),
            ),
        }
    }
}

/// Says that a key was written before in the same mapping.
pub(super) fn duplicate_key(text: &str, first: Place, second: Place) -> Diagnostic {
    Diagnostic::error(
        DUPLICATE_KEY,
        second,
        format!("the key `{}` is written twice in one mapping", brief(text)),
    )
    .label("written again here")
    .related(first, "first written here")
    .help("delete one of the two")
}
