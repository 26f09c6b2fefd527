//! Safes and folders: one tree for each safe, found by id and by path, each level in the order of names.

use std::collections::{BTreeMap, HashMap};

use super::guid::Guid;
use super::row::Node;

/// All safes and folders.
#[derive(Default)]
pub(crate) struct Tree {
    nodes: HashMap<Guid, Node>,
    /// By parent, the ids by folded name. The parent of a safe is none.
    names: HashMap<Option<Guid>, BTreeMap<String, Guid>>,
}

impl Tree {
    /// How many safes and folders there are.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The safe or folder with an id.
    pub(crate) fn get(&self, id: Guid) -> Option<&Node> {
        self.nodes.get(&id)
    }

    /// The safe with an id.
    pub(crate) fn safe(&self, id: Guid) -> Option<&Node> {
        self.get(id).filter(|node| node.parent.is_none())
    }

    /// The folder with an id.
    pub(crate) fn folder(&self, id: Guid) -> Option<&Node> {
        self.get(id).filter(|node| node.parent.is_some())
    }

    /// Every safe and folder, in no order, to be changed in all but parent and name.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Node> {
        self.nodes.values_mut()
    }

    /// The folders of a parent, or the safes, in the order of names.
    pub(crate) fn children(&self, parent: Option<Guid>) -> impl Iterator<Item = &Node> {
        let names = self.names.get(&parent);
        names
            .into_iter()
            .flat_map(BTreeMap::values)
            .filter_map(|id| self.nodes.get(id))
    }

    /// The folder of a parent, or the safe, with a name in any case.
    pub(crate) fn named(&self, parent: Option<Guid>, name: &str) -> Option<&Node> {
        self.get(*self.names.get(&parent)?.get(&name.to_lowercase())?)
    }

    /// The safe or folder at a path.
    pub(crate) fn at(&self, path: &str, separator: char) -> Option<&Node> {
        let mut found = None;
        for name in path.split(separator).filter(|name| !name.is_empty()) {
            found = Some(self.named(found.map(|node: &Node| node.id), name)?);
        }
        found
    }

    /// A safe or folder, what holds it, and so on up to the safe.
    pub(crate) fn upwards(&self, id: Guid) -> impl Iterator<Item = &Node> {
        std::iter::successors(self.get(id), |node| self.get(node.parent?))
    }

    /// The safe that a safe or folder is in.
    pub(crate) fn root(&self, id: Guid) -> Guid {
        self.upwards(id).last().map_or(id, |node| node.id)
    }

    /// The names from the safe down.
    pub(crate) fn path(&self, id: Guid) -> String {
        let mut names: Vec<_> = self.upwards(id).map(|node| node.name.as_str()).collect();
        names.reverse();
        names.join("/")
    }

    /// A safe or folder and all folders below it, each after what holds it.
    pub(crate) fn subtree(&self, id: Guid) -> Vec<&Node> {
        let mut found: Vec<&Node> = self.get(id).into_iter().collect();
        let mut at = 0;
        while let Some(node) = found.get(at) {
            found.extend(self.children(Some(node.id)));
            at += 1;
        }
        found
    }

    /// How many levels a safe or folder has, itself counted.
    pub(crate) fn height(&self, id: Guid) -> usize {
        let below = self.children(Some(id)).map(|child| self.height(child.id));
        1 + below.max().unwrap_or(0)
    }

    /// Adds a node or replaces the one with its id.
    pub(crate) fn put(&mut self, node: Node) {
        self.remove(node.id);
        let names = self.names.entry(node.parent).or_default();
        names.insert(node.name.to_lowercase(), node.id);
        self.nodes.insert(node.id, node);
    }

    /// Removes a node.
    pub(crate) fn remove(&mut self, id: Guid) -> Option<Node> {
        let node = self.nodes.remove(&id)?;
        if let Some(names) = self.names.get_mut(&node.parent) {
            names.remove(&node.name.to_lowercase());
        }
        Some(node)
    }
}
