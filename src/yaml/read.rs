//! Builds trees from the parser's events. It never stops at a mistake: what is wrong is reported, left out, and the
//! reading goes on; after a syntax error it goes on with the next document.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use granit_parser::{Event, Parser, ScalarStyle, Span, StructureStyle, Tag};

use super::tree::{Entry, Key, Kind, Node, Scalar, View};
use super::{
    ALIAS_BOMB, ALIAS_CYCLE, BAD_KEY, BAD_MERGE, DUPLICATE_KEY, TOO_DEEP, UNKNOWN_ANCHOR,
    UNKNOWN_TAG, brief, keys, syntax,
};
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::place::{FileId, Place};
use crate::suggest::suggest;

/// How deep lists and mappings may be nested, aliases included.
const MAX_DEPTH: usize = 64;

/// How many nodes may be reached through the aliases of one file.
const MAX_ALIASED: u64 = 1_000_000;

/// How many anchors are looked through for one that was meant.
const SUGGESTED_FROM: usize = 1_000;

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
            _ => {}
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
                diagnostics.push(duplicate_key(
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
        match event {
            Event::SequenceStart(..) | Event::MappingStart(..) => *open += 1,
            Event::SequenceEnd | Event::MappingEnd => *open -= 1,
            _ => {}
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

    /// Gives a node that was read to its anchor, if it has one, and to the list or mapping around it.
    fn finish(&mut self, mut node: Node, size: Size, anchor: usize) {
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
            (_, View::Scalar(scalar)) => Pending::Key(Key {
                text: scalar.text.clone(),
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

    fn alias(&mut self, anchor: usize, place: Place) -> (Kind, Size) {
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

    fn too_deep(&mut self, place: Place) {
        self.too_deep_reported = true;
        let message = format!("lists and mappings are nested deeper than {MAX_DEPTH} levels");
        self.diagnostics
            .push(Diagnostic::error(TOO_DEEP, place, message));
    }

    fn unknown_anchor(&mut self, name: &str, place: Place) {
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

fn duplicate_key(text: &str, first: Place, second: Place) -> Diagnostic {
    Diagnostic::error(
        DUPLICATE_KEY,
        second,
        format!("the key `{}` is written twice in one mapping", brief(text)),
    )
    .label("written again here")
    .related(first, "first written here")
    .help("delete one of the two")
}
