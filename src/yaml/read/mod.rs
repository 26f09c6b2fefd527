//! Builds trees from the parser's events. It never stops at a mistake: what is wrong is reported, left out, and the
//! reading goes on; after a syntax error it goes on with the next document.

mod alias;
mod attach;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use granit_parser::{Event, Parser, ScalarStyle, Span, StructureStyle, Tag};

use super::tree::{Entry, Key, Kind, Node, Scalar};
use super::{TOO_DEEP, UNKNOWN_TAG, brief, keys, syntax};
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::place::{FileId, Place};

/// How deep lists and mappings may be nested, aliases included.
const MAX_DEPTH: usize = 64;

pub(super) struct Reader<'a, 'd> {
    file: FileId,
    text: &'a str,
    diagnostics: &'d mut Diagnostics,
    documents: Vec<Node>,
    /// How many documents were read before the one that is being read.
    finished: usize,
    frames: Vec<Frame>,
    /// Items of the open lists and entries of the open mappings, innermost last. Sharing one stack each lets a list
    /// or mapping be put into memory of its exact size, once.
    items: Vec<Node>,
    entries: Vec<Entry>,
    anchors: HashMap<usize, Anchor>,
    names: Vec<Cow<'a, str>>,
    aliased: u64,
    bomb_reported: bool,
    /// What lies too deep: its place, and how many of its lists and mappings are open.
    skipped: Option<(Place, usize)>,
    too_deep_reported: bool,
}

/// A list or mapping that is being read.
struct Frame {
    is_map: bool,
    flow: bool,
    anchor: usize,
    place: Place,
    /// Where its items or entries begin in the common stack.
    first: usize,
    size: Size,
    pending: Pending,
    /// Whether this is the list after a merge key.
    merged_list: bool,
    merge_key: Option<Place>,
    merges: Vec<Arc<Node>>,
}

/// What the next node of a mapping belongs to.
enum Pending {
    /// It is a key.
    Nothing,
    Key(Key),
    Merge,
    /// The key could not be read; its value is left out.
    Dropped,
}

/// How large a node is once its aliases are seen through: `weight` in nodes, `height` in nested collections.
#[derive(Clone, Copy, Default)]
struct Size {
    weight: u64,
    height: usize,
}

const LEAF: Size = Size {
    weight: 1,
    height: 0,
};

enum Anchor {
    Open,
    Lost,
    Done(Arc<Node>, Size),
}

impl<'a, 'd> Reader<'a, 'd> {
    pub(super) fn new(file: FileId, text: &'a str, diagnostics: &'d mut Diagnostics) -> Self {
        Self {
            file,
            text,
            diagnostics,
            documents: Vec::new(),
            finished: 0,
            frames: Vec::new(),
            items: Vec::new(),
            entries: Vec::new(),
            anchors: HashMap::new(),
            names: Vec::new(),
            aliased: 0,
            bomb_reported: false,
            skipped: None,
            too_deep_reported: false,
        }
    }

    pub(super) fn read(mut self) -> Vec<Node> {
        let options =
            granit_parser::options! { emit_unresolved_aliases: true, emit_anchor_events: true };
        let mut parser = Parser::new_from_str_with_options(self.text, options);
        while let Some(event) = parser.next_event() {
            match event {
                Ok((event, span)) => self.event(event, span),
                Err(error) => {
                    let open = self
                        .frames
                        .iter()
                        .rev()
                        .find(|it| it.flow)
                        .map(|it| it.place);
                    let diagnostic = syntax::diagnostic(self.file, self.text, &error, open);
                    if diagnostic.code != TOO_DEEP || !self.too_deep_reported {
                        self.diagnostics.push(diagnostic);
                    }
                    self.documents.truncate(self.finished);
                    self.begin_document();
                    if !matches!(parser.proceed_next_document(), Ok(true)) {
                        break;
                    }
                }
            }
        }
        self.documents
    }

    fn begin_document(&mut self) {
        self.finished = self.documents.len();
        self.frames.clear();
        self.items.clear();
        self.entries.clear();
        self.anchors.clear();
        self.names.clear();
        self.skipped = None;
        self.too_deep_reported = false;
    }

    fn event(&mut self, event: Event<'a>, span: Span) {
        if self.skipped.is_some() {
            self.skip(&event);
            return;
        }
        let place = self.place(span);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let kind = self.scalar(text, style, tag.as_deref(), span);
                let place = match style {
                    ScalarStyle::Literal | ScalarStyle::Folded => self.without_line_ends(place),
                    ScalarStyle::Plain | ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
                        place
                    }
                };
                self.finish(Node::new(place, kind), LEAF, anchor);
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.open(false, style, anchor, tag.as_deref(), span)
            }
            Event::MappingStart(style, anchor, tag) => {
                self.open(true, style, anchor, tag.as_deref(), span)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(place),
            Event::Anchor(_, name) => self.names.push(name),
            Event::Alias(anchor) => {
                let (kind, size) = self.alias(anchor, place);
                self.finish(Node::new(place, kind), size, 0);
            }
            Event::UnresolvedAlias(name) => {
                self.unknown_anchor(&name, place);
                self.finish(Node::new(place, Kind::Broken), LEAF, 0);
            }
            Event::DocumentStart(..) | Event::DocumentEnd => self.begin_document(),
            // The list of events may grow, but only by such as carry no data.
            Event::StreamStart | Event::StreamEnd | _ => {}
        }
    }

    fn place(&self, span: Span) -> Place {
        let (start, end) = (
            span.start.byte_offset().unwrap_or(0),
            span.end.byte_offset().unwrap_or(0),
        );
        syntax::place(self.file, start, end.max(start))
    }

    fn without_line_ends(&self, place: Place) -> Place {
        let text = &self.text[place.start as usize..place.end as usize];
        let cut = text.len() - text.trim_end().len();
        syntax::place(self.file, place.start as usize, place.end as usize - cut)
    }

    fn scalar(
        &mut self,
        text: Cow<'a, str>,
        style: ScalarStyle,
        tag: Option<&Tag>,
        span: Span,
    ) -> Kind {
        let mut plain = style == ScalarStyle::Plain;
        let mut may_be_null = plain;
        match tag.map(|tag| (tag, tag.core_suffix())) {
            None => {}
            Some((_, Some("str"))) => (plain, may_be_null) = (false, false),
            Some((_, Some("bool" | "int" | "float"))) => (plain, may_be_null) = (true, false),
            Some((_, Some("null"))) => may_be_null = true,
            Some((tag, None)) if tag.original() == "!" => (plain, may_be_null) = (false, false),
            Some(_) => self.unknown_tag(span, "text"),
        }
        if may_be_null && matches!(&*text, "" | "~" | "null" | "Null" | "NULL") {
            return Kind::Null;
        }
        Kind::Scalar(Scalar {
            text: text.into(),
            plain,
        })
    }

    fn unknown_tag(&mut self, span: Span, what: &str) {
        let place = self.place(span.tag_span().unwrap_or(span));
        let tag = brief(&self.text[place.start as usize..place.end as usize]);
        self.diagnostics.push(
            Diagnostic::error(
                UNKNOWN_TAG,
                place,
                format!("the tag `{tag}` means nothing for {what}"),
            )
            .help("delete the tag; put a text that should begin with `!` in quotes"),
        );
    }

    fn open(
        &mut self,
        is_map: bool,
        style: StructureStyle,
        anchor: usize,
        tag: Option<&Tag>,
        span: Span,
    ) {
        let place = self.place(span);
        if self.frames.len() >= MAX_DEPTH {
            self.too_deep(place);
            self.lose(anchor);
            self.skipped = Some((place, 1));
            return;
        }
        let (own, what) = if is_map {
            ("map", "a mapping")
        } else {
            ("seq", "a list")
        };
        if tag.is_some_and(|tag| tag.core_suffix() != Some(own) && tag.original() != "!") {
            self.unknown_tag(span, what);
        }
        if anchor != 0 {
            self.anchors.insert(anchor, Anchor::Open);
        }
        let merged_list = !is_map
            && self
                .frames
                .last()
                .is_some_and(|it| matches!(it.pending, Pending::Merge));
        self.frames.push(Frame {
            is_map,
            flow: style == StructureStyle::Flow,
            anchor,
            place,
            first: if is_map {
                self.entries.len()
            } else {
                self.items.len()
            },
            size: Size::default(),
            pending: Pending::Nothing,
            merged_list,
            merge_key: None,
            merges: Vec::new(),
        });
    }

    fn close(&mut self, end: Place) {
        let Some(frame) = self.frames.pop() else {
            return;
        };
        let place = if frame.flow {
            Place {
                end: end.end,
                ..frame.place
            }
        } else {
            frame.place
        };
        let kind = if frame.is_map {
            let mut entries: Vec<Entry> = self.entries.drain(frame.first..).collect();
            let diagnostics = &mut *self.diagnostics;
            keys::remove_duplicates(&mut entries, |first, second| {
                diagnostics.push(attach::duplicate_key(
                    &second.key.text,
                    first.key.place,
                    second.key.place,
                ));
            });
            if !frame.merges.is_empty() {
                keys::merge(&mut entries, &frame.merges);
            }
            Kind::Map(entries.into_boxed_slice())
        } else {
            Kind::List(self.items.drain(frame.first..).collect())
        };
        let size = Size {
            weight: frame.size.weight.saturating_add(1),
            height: frame.size.height + 1,
        };
        self.finish(Node::new(place, kind), size, frame.anchor);
    }

    /// Passes over what lies too deep, and puts something broken in its place.
    fn skip(&mut self, event: &Event<'a>) {
        self.lose(event.anchor_id().unwrap_or(0));
        let Some((place, open)) = &mut self.skipped else {
            return;
        };
        if matches!(event, Event::SequenceStart(..) | Event::MappingStart(..)) {
            *open += 1;
        } else if matches!(event, Event::SequenceEnd | Event::MappingEnd) {
            *open -= 1;
        }
        if *open == 0 {
            let place = *place;
            self.skipped = None;
            self.finish(Node::new(place, Kind::Broken), LEAF, 0);
        }
    }

    fn lose(&mut self, anchor: usize) {
        if anchor != 0 {
            self.anchors.insert(anchor, Anchor::Lost);
        }
    }
}
