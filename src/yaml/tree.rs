//! The tree of one YAML document: what was written, and where. Aliases and merge keys are resolved in it by
//! sharing, so that the tree is never larger than its text; whoever walks it sees plain mappings and lists.

use std::sync::Arc;

use crate::model::place::Place;

/// One YAML document, or a part of one, as a tree; every node knows its place.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    place: Place,
    kind: Kind,
}

/// What a node is, with aliases and merges seen through.
#[derive(Clone, Copy, Debug)]
pub(crate) enum View<'a> {
    Null,
    Scalar(&'a Scalar),
    List(&'a [Node]),
    Map(&'a [Entry]),
}

/// A text as it was written, with its quotes and escapes taken off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scalar {
    pub text: Box<str>,
    /// Whether it was written without quotes, so that `true` or `12` may be meant as a boolean or a number.
    pub plain: bool,
}

/// A key of a mapping, and its value.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub key: Key,
    pub value: Node,
}

/// The text of a key, and where it was written (for a merged entry: in the mapping it came from).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    pub text: Box<str>,
    pub place: Place,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Null,
    /// Stands where something was written that could not be read.
    Broken,
    Scalar(Scalar),
    List(Box<[Node]>),
    Map(Box<[Entry]>),
    /// An anchored node, at its anchor or at an alias to it.
    Shared(Arc<Node>),
    /// The value of one entry of a mapping that was merged into another.
    Merged(Arc<Node>, u32),
}

impl Node {
    pub(super) fn new(place: Place, kind: Kind) -> Self {
        Self { place, kind }
    }

    pub(super) fn kind(&self) -> &Kind {
        &self.kind
    }

    /// The text of a scalar, and an empty one for anything else.
    pub(super) fn into_text(self) -> Box<str> {
        if let Kind::Scalar(scalar) = self.kind {
            return scalar.text;
        }
        match self.view() {
            View::Scalar(scalar) => scalar.text.clone(),
            View::Null | View::List(_) | View::Map(_) => Box::default(),
        }
    }

    /// The value of the entry at `at` of the mapping `of`, to be put into another mapping at no cost.
    pub(super) fn merged(of: &Arc<Self>, at: usize, value: &Self) -> Self {
        let kind = match &value.kind {
            Kind::Null | Kind::Broken | Kind::Shared(_) | Kind::Merged(..) => value.kind.clone(),
            Kind::Scalar(_) | Kind::List(_) | Kind::Map(_) => {
                let at = u32::try_from(at).expect("a file has fewer than 2^32 entries");
                Kind::Merged(Arc::clone(of), at)
            }
        };
        Self {
            place: value.place,
            kind,
        }
    }

    /// The node that was written, behind aliases and merges.
    fn written(&self) -> &Self {
        match &self.kind {
            Kind::Shared(node) => node.written(),
            Kind::Merged(of, at) => match &of.kind {
                Kind::Map(entries) => entries[*at as usize].value.written(),
                Kind::Null
                | Kind::Broken
                | Kind::Scalar(_)
                | Kind::List(_)
                | Kind::Shared(_)
                | Kind::Merged(..) => {
                    unreachable!("only entries of mappings are merged")
                }
            },
            Kind::Null | Kind::Broken | Kind::Scalar(_) | Kind::List(_) | Kind::Map(_) => self,
        }
    }

    /// Where the node is used: for an alias, the place of the alias.
    pub(crate) fn place(&self) -> Place {
        self.place
    }

    /// Where the node was written: for an alias, the place of the anchored node.
    pub(crate) fn origin(&self) -> Place {
        self.written().place
    }

    /// What the node is, seen through aliases and merges.
    pub(crate) fn view(&self) -> View<'_> {
        match &self.written().kind {
            Kind::Scalar(scalar) => View::Scalar(scalar),
            Kind::List(items) => View::List(items),
            Kind::Map(entries) => View::Map(entries),
            Kind::Null | Kind::Broken | Kind::Shared(_) | Kind::Merged(..) => View::Null,
        }
    }

    /// Whether the node stands for something that could not be read. It looks like nothing at all; the mistake has
    /// been reported, and whoever finds it should not complain again.
    pub(crate) fn is_broken(&self) -> bool {
        matches!(self.written().kind, Kind::Broken)
    }

    /// What the node is, in words for a message.
    pub(crate) fn what(&self) -> &'static str {
        match self.view() {
            View::Null => "nothing",
            View::Scalar(_) => "text",
            View::List(_) => "a list",
            View::Map(_) => "a mapping",
        }
    }
}
