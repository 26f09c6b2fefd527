//! Reads a workspace: `trueup.yaml`, the files it includes, and from them what every system should look like.
//!
//! Touches files and nothing else. Every mistake of every file is reported in one go.

pub(crate) mod reader;
pub(crate) mod reference;
pub(crate) mod secret;
mod secret_output;
pub(crate) mod section;
pub(crate) mod source;
mod store;
pub(crate) mod system;
pub(crate) mod vars;
mod verb;
pub(crate) mod verify;
pub(crate) mod waivers;
pub(crate) mod workspace;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use crate::model::address::Address;
use crate::model::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::place::{FileId, Sources};
use crate::resolve::{Head, resolve};
use crate::suggest::suggest;
use crate::vendors::VENDORS;
use crate::vendors::erased::AnySystem;
use crate::yaml::{self, Entry, Node, View};
use reader::Reader;
use secret::{Brought, Secrets, Words};
use source::Folder;
use workspace::{Settings, unknown_vendor};

const NO_SYSTEM: Code = Code("no-system");
const UNKNOWN_TABLE: Code = Code("unknown-table");
const EMPTY_SETTINGS: Code = Code("empty-settings");
const SEVERAL_DOCUMENTS: Code = Code("several-documents");

/// The name of the file that makes a folder a workspace.
pub(crate) const SETTINGS_FILE: &str = "trueup.yaml";

/// What loading needs beside the files.
pub(crate) struct Request<'a> {
    /// The workspace's folder.
    pub directory: &'a Path,
    /// The folder as the user named it, which every shown path begins with.
    pub shown: &'a Path,
    /// Variables of the command line.
    pub vars: &'a BTreeMap<String, String>,
    /// Looks a variable of the environment up.
    pub environment: &'a dyn Fn(&str) -> Option<String>,
    /// The folder that paths in the environment begin at.
    pub present: &'a Path,
    /// What programs brought that references name; none where no program is run.
    pub brought: Option<&'a Brought>,
    /// The day by which `expires` is judged.
    pub today: Date,
}

/// A sound workspace.
pub(crate) struct Workspace {
    pub directory: PathBuf,
    pub settings: Settings,
    /// What every declaration says of itself, in the order of addresses.
    pub heads: Vec<Head>,
    pub sources: Sources,
    pub warnings: Vec<Diagnostic>,
    /// The programs that references name and that were not run, each once.
    pub asked: BTreeSet<Words>,
}

/// A workspace with mistakes: all of them, and the texts they point into.
pub(crate) struct Invalid {
    pub diagnostics: Vec<Diagnostic>,
    pub sources: Sources,
}

/// A workspace's files as texts, for those who look at how they are written and not at what they mean.
pub(crate) struct Texts {
    pub sources: Sources,
    /// Those that are sound as YAML.
    pub files: Vec<FileId>,
    pub diagnostics: Vec<Diagnostic>,
}

/// Finds and reads the files of a workspace. Of the settings only what tells which files those are must be right.
pub(crate) fn texts(request: &Request<'_>) -> Texts {
    let folder = Folder {
        directory: request.directory,
        shown: request.shown,
    };
    let (mut sources, mut diagnostics) = (Sources::default(), Diagnostics::default());
    let mut found = Vec::new();
    if let Some(file) = source::read_settings_file(&folder, &mut sources, &mut diagnostics) {
        found.push(file);
        let secrets = Secrets::new(
            request.directory,
            request.environment,
            request.present,
            request.brought,
        );
        let mut mistakes = Diagnostics::default();
        let root = only_document(file, &sources, &mut mistakes);
        let settings = root.and_then(|root| {
            let vars = request.vars;
            workspace::read_settings(&root, vars, &secrets, request.directory, &mut mistakes)
        });
        match settings {
            Some(settings) => found.extend(source::read_included(
                &folder,
                &settings,
                &mut sources,
                &mut diagnostics,
            )),
            None => diagnostics.extend(mistakes),
        }
    }
    let mut files = Vec::new();
    for file in found {
        let mut mistakes = Diagnostics::default();
        yaml::parse(file, &sources.get(file).text, &mut mistakes);
        if !mistakes.has_errors() {
            files.push(file);
        } else if !diagnostics.has_errors() || file != FileId(0) {
            diagnostics.extend(mistakes);
        }
    }
    Texts {
        sources,
        files,
        diagnostics: diagnostics.sorted(),
    }
}

/// Loads and resolves a workspace.
pub(crate) fn load(request: &Request<'_>) -> Result<Workspace, Invalid> {
    let mut sources = Sources::default();
    let mut diagnostics = Diagnostics::default();
    let secrets = Secrets::new(
        request.directory,
        request.environment,
        request.present,
        request.brought,
    );
    let found = read_workspace(request, &secrets, &mut sources, &mut diagnostics);
    match found {
        Some((settings, heads)) if !diagnostics.has_errors() => Ok(Workspace {
            directory: request.directory.to_owned(),
            settings,
            heads,
            sources,
            warnings: diagnostics.sorted(),
            asked: secrets.into_asked(),
        }),
        _ => Err(Invalid {
            diagnostics: diagnostics.sorted(),
            sources,
        }),
    }
}

fn read_workspace(
    request: &Request<'_>,
    secrets: &Secrets<'_>,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Option<(Settings, Vec<Head>)> {
    let folder = Folder {
        directory: request.directory,
        shown: request.shown,
    };
    let file = source::read_settings_file(&folder, sources, diagnostics)?;
    let root = only_document(file, sources, diagnostics)?;
    let mut settings =
        workspace::read_settings(&root, request.vars, secrets, request.directory, diagnostics)?;

    let files = source::read_included(&folder, &settings, sources, diagnostics);
    let declared = secrets.declared(&settings.secrets);
    let mut systems = std::mem::take(&mut settings.systems);
    let reader = Reader::new(&settings.vars, &declared);
    for file in files {
        let documents = yaml::parse(file, &sources.get(file).text, diagnostics);
        for root in &documents {
            read_document(root, &mut systems, &reader);
        }
    }
    diagnostics.extend(reader.into_diagnostics());

    let mut heads = Vec::new();
    systems
        .iter()
        .for_each(|system| system.heads(request.today, &mut heads));
    heads.sort_by(|a, b| a.address.cmp(&b.address));
    // Names that stand in text which could not be read would all be unknown.
    if !yaml::lost_text(diagnostics) {
        let (mut names, mut loose_links) = (HashSet::new(), Vec::new());
        for system in &systems {
            system.names(&mut names, &mut loose_links);
        }
        resolve(&heads, &names, &loose_links, diagnostics);
        workspace::check_protected(&root, &names, diagnostics);
    }
    settings.systems = systems;
    Some((settings, heads))
}

fn only_document(file: FileId, sources: &Sources, diagnostics: &mut Diagnostics) -> Option<Node> {
    let mut documents = yaml::parse(file, &sources.get(file).text, diagnostics).into_iter();
    let first = documents.next();
    if let Some(second) = documents.next() {
        let message = format!("{SETTINGS_FILE} holds one document, not several");
        diagnostics.push(Diagnostic::error(
            SEVERAL_DOCUMENTS,
            second.place(),
            message,
        ));
    }
    if first.is_none() && !diagnostics.has_errors() {
        diagnostics.push(
            Diagnostic::error(EMPTY_SETTINGS, None, format!("{SETTINGS_FILE} is empty"))
                .help("start with `workspace: NAME`, or let `trueup init` write one"),
        );
    }
    first
}

/// One document of an included file: vendors with their tables. Keys that begin with `x-` hold anchors to reuse.
fn read_document(root: &Node, systems: &mut [Box<dyn AnySystem>], reader: &Reader<'_>) {
    // Nothing between two `---` is as good as an empty file.
    if matches!(root.view(), View::Null) {
        return;
    }
    for Entry { key, value } in reader
        .entries(root, "vendors with what they hold")
        .unwrap_or_default()
    {
        if key.text.starts_with("x-") {
            continue;
        }
        let Some(vendor) = VENDORS.iter().find(|vendor| *vendor.name() == *key.text) else {
            reader.push(unknown_vendor(key.place, &key.text));
            continue;
        };
        let Some(system) = systems
            .iter_mut()
            .find(|system| system.vendor() == vendor.name())
        else {
            reader.push(
                Diagnostic::error(
                    NO_SYSTEM,
                    key.place,
                    format!("{SETTINGS_FILE} names no system of {}", vendor.name()),
                )
                .help(format!(
                    "add it there: `systems: {{ {}: {{ endpoint: … }} }}`",
                    vendor.name()
                )),
            );
            continue;
        };
        let tables = reader
            .entries(value, "tables of resources")
            .unwrap_or_default();
        for Entry { key, value } in tables {
            if !system.add_table(&key.text, value, reader) {
                let names = vendor
                    .kinds()
                    .into_iter()
                    .map(|kind| kind.table)
                    .collect::<Vec<_>>();
                let unknown = Diagnostic::error(
                    UNKNOWN_TABLE,
                    key.place,
                    format!("{} has no table `{}`", vendor.name(), key.text),
                );
                reader.push(match suggest(&key.text, names.iter().copied()) {
                    Some(near) => unknown.label(format!("did you mean `{near}`?")),
                    None => unknown.help(format!("its tables are: {}", names.join(", "))),
                });
            }
        }
    }
}

impl Workspace {
    /// Every declared address.
    pub(crate) fn addresses(&self) -> Vec<Address> {
        self.heads.iter().map(|head| head.address.clone()).collect()
    }
}
