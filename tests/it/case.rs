//! The cases under `tests/cases/<vendor>/`: finding them, opening a world on one, and walking all of them.

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::shape::{SHAPES, Shape};
use crate::world::World;

/// How many cases are looked at side by side.
const THREADS: usize = 4;

/// A folder with what is declared, what is live, and what comes of it.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub vendor: &'static Shape,
    pub name: String,
    pub folder: PathBuf,
    /// Flags for every command, from the file `args`.
    pub args: String,
}

impl Case {
    /// A file of the case, if it has it.
    pub(crate) fn file(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.folder.join(name)).ok()
    }

    pub(crate) fn desired(&self) -> serde_yaml::Value {
        serde_yaml::from_str(&self.file("desired.yaml").unwrap()).unwrap()
    }

    pub(crate) fn settings(&self) -> String {
        self.file("trueup.yaml")
            .unwrap_or(self.vendor.settings.to_owned())
    }

    pub(crate) fn environment(&self) -> BTreeMap<String, String> {
        let text = self.file("env.yaml").unwrap_or("{}".to_owned());
        serde_yaml::from_str(&text).unwrap()
    }

    /// What else lies in the workspace: the files under `files`, by their paths in it, with their bytes.
    pub(crate) fn files(&self) -> BTreeMap<String, Vec<u8>> {
        crate::world::contents(&self.folder.join("files"))
    }

    /// Copies the case into a folder and serves it.
    pub(crate) fn open(&self) -> World {
        let live = self.file("live.yaml").unwrap();
        let desired = self.file("desired.yaml").unwrap();
        let files = [
            ("trueup.yaml", self.settings()),
            ("live.yaml", live),
            ("desired.yaml", desired),
        ];
        let files = files.each_ref().map(|(path, text)| (*path, text.as_str()));
        let directory = crate::world::folder(&files);
        for (path, bytes) in self.files() {
            crate::world::write(directory.path(), &path, &bytes);
        }
        World::open(directory, self.environment())
    }

    /// A command with the case's flags.
    pub(crate) fn line(&self, command: &str) -> String {
        format!("{command} {}", self.args)
    }

    /// Whether a run on it logs in.
    pub(crate) fn logs_in(&self) -> bool {
        self.vendor.logs_in || self.settings().contains("password:")
    }

    /// Whether live objects that nothing declares are deleted.
    pub(crate) fn is_exclusive(&self) -> bool {
        self.settings().contains("exclusive")
    }
}

/// All cases of all vendors, in the order of their names.
pub(crate) fn all() -> Vec<Case> {
    let mut cases = SHAPES.iter().flat_map(of_vendor).collect::<Vec<_>>();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    cases
}

fn of_vendor(vendor: &'static Shape) -> Vec<Case> {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let folders = fs::read_dir(cases.join(vendor.vendor)).unwrap();
    folders
        .map(|entry| entry.unwrap().path())
        .filter(|folder| folder.join("live.yaml").is_file())
        .map(|folder| Case {
            vendor,
            name: format!(
                "{}/{}",
                vendor.vendor,
                folder.file_name().unwrap().to_str().unwrap()
            ),
            args: fs::read_to_string(folder.join("args"))
                .unwrap_or_default()
                .trim()
                .to_owned(),
            folder,
        })
        .collect()
}

/// Checks every case, several side by side, and fails with the names of all that do not hold.
pub(crate) fn for_every(law: &str, check: impl Fn(&Case) + Sync) {
    let cases = all();
    let next = AtomicUsize::new(0);
    let broken = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| check(case))) {
                        let why = panic
                            .downcast_ref::<String>()
                            .map(String::as_str)
                            .or(panic.downcast_ref::<&str>().copied())
                            .unwrap_or("?");
                        broken
                            .lock()
                            .unwrap()
                            .push(format!("`{}` breaks the law `{law}`: {why}", case.name));
                    }
                }
            });
        }
    });
    let mut broken = broken.into_inner().unwrap();
    broken.sort();
    assert!(
        broken.is_empty(),
        "{} cases:\n\n{}",
        broken.len(),
        broken.join("\n\n")
    );
}
