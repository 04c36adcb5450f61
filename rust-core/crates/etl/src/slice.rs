//! Takes from a file what is meant for one environment: sections, fields, or both.

use std::collections::HashMap;

use crate::document::{Document, Kind, Node, Text};
use crate::failure::{Failure, Outcome};

/// Which environment is wanted, and which there are.
pub struct Environment<'a> {
    pub name: &'a str,
    /// Every name the rule knows; none: a field or section counts when it holds the environment or `default`.
    pub names: &'a [String],
}

const DEFAULT: &[u8] = b"default";

impl Environment<'_> {
    fn is_lenient(&self) -> bool {
        self.names.is_empty()
    }

    fn is_this(&self, key: &[u8]) -> bool {
        key == self.name.as_bytes()
    }

    fn is_wanted(&self, key: &[u8]) -> bool {
        self.is_this(key) || key == DEFAULT
    }

    fn is_name(&self, key: &[u8]) -> bool {
        self.is_wanted(key) || self.names.iter().any(|name| name.as_bytes() == key)
    }
}

/// The sliced nodes; the first is the root.
pub struct Slice {
    pub nodes: Vec<Node>,
    /// Nothing in the file was meant for environments, and the rule knows none: somebody should look.
    pub passed_whole: bool,
}

/// Slices the map at `root`.
///
/// Errors: `env.missing` when the file, or a field, knows environments but neither this one nor a default; `env.repeated_section`.
pub fn slice(document: &Document, root: u32, environment: &Environment) -> Outcome<Slice> {
    reject_repeated(document, root, environment)?;
    let sections = sections(document, root, environment)?;
    if sections.is_none() && !has_fields(document, root, environment) {
        return Ok(Slice { nodes: subtree(document, root), passed_whole: environment.is_lenient() });
    }
    let layers = sections.unwrap_or_else(|| vec![document.children(root).collect()]);
    let mut builder = Builder { document, environment, nodes: Vec::with_capacity(document.nodes.len()) };
    builder.root(&layers)?;
    Ok(Slice { nodes: builder.nodes, passed_whole: false })
}

/// The layers of a file with sections, weakest first, each as the nodes it adds; `None` for a file without sections.
fn sections(document: &Document, root: u32, environment: &Environment) -> Outcome<Option<Vec<Vec<u32>>>> {
    let all_maps = document.children(root).all(|child| document.node(child).is_map());
    let (sections, shared): (Vec<u32>, Vec<u32>) =
        document.children(root).partition(|child| document.node(*child).is_map() && environment.is_name(document.key(*child)));
    let Some(first) = sections.first() else { return Ok(None) };
    let content = |name: &dyn Fn(&[u8]) -> bool| -> Vec<u32> {
        sections.iter().filter(|section| name(document.key(**section))).flat_map(|section| document.children(*section)).collect()
    };
    if !sections.iter().any(|section| environment.is_wanted(document.key(*section))) {
        return Err(missing(environment, "The file has sections for", &sections, document).at(document.node(*first).offset as usize));
    }
    let shared = if all_maps { Vec::new() } else { shared };
    Ok(Some(vec![shared, content(&|key| key == DEFAULT && !environment.is_this(key)), content(&|key| environment.is_this(key))]))
}

/// `production { ... }` twice in HCL and `[[production]]` in TOML are lists of maps, and as such no section: every environment would get them.
fn reject_repeated(document: &Document, root: u32, environment: &Environment) -> Outcome<()> {
    let is_section = |key: &[u8]| environment.is_name(key) && !(environment.is_lenient() && key == DEFAULT);
    let is_repeated = |child: &u32| is_section(document.key(*child)) && is_list_of_maps(document, *child);
    let Some(child) = document.children(root).find(is_repeated) else { return Ok(()) };
    let message = format!("The section `{}` is there more than once, or as a list.", document.key_name(child));
    let failure = Failure::new("env.repeated_section", message, "Write what belongs to an environment into one section.");
    Err(failure.at(document.node(child).offset as usize))
}

fn is_list_of_maps(document: &Document, node: u32) -> bool {
    let mut items = document.children(node).peekable();
    matches!(document.node(node).kind, Kind::List) && items.peek().is_some() && items.all(|item| document.node(item).is_map())
}

fn missing(environment: &Environment, what: &str, found: &[u32], document: &Document) -> Failure {
    let found: Vec<String> = found.iter().map(|node| document.key_name(*node)).collect();
    let message = format!("{what} {} but none for {}.", found.join(", "), or_default(environment.name));
    Failure::new("env.missing", message, "Add the environment or a `default`.")
}

/// What a message says was looked for; an environment may be called `default`.
pub fn or_default(environment: &str) -> String {
    if environment == "default" { "`default`".to_string() } else { format!("`{environment}` or `default`") }
}

/// Whether any map is a choice between environments. Without known names only the top level is searched: deeper, `default` is a common word.
fn has_fields(document: &Document, root: u32, environment: &Environment) -> bool {
    if environment.is_lenient() {
        return document.children(root).any(|child| document.node(child).is_map() && is_field(document, document.children(child), environment));
    }
    (root + 1..document.node(root).end).any(|node| document.node(node).is_map() && is_field(document, document.children(node), environment))
}

/// Whether a map with these children is replaced by one of them.
fn is_field(document: &Document, mut children: impl Iterator<Item = u32>, environment: &Environment) -> bool {
    if environment.is_lenient() {
        return children.any(|child| environment.is_wanted(document.key(child)));
    }
    let Some(first) = children.next() else { return false };
    environment.is_name(document.key(first)) && children.all(|child| environment.is_name(document.key(child)))
}

/// The nodes of a subtree, with its root first.
fn subtree(document: &Document, root: u32) -> Vec<Node> {
    let mut nodes = document.nodes[root as usize..document.node(root).end as usize].to_vec();
    for node in &mut nodes {
        node.end -= root;
    }
    nodes
}

/// Writes merged layers as a new tree. The parser's depth limit bounds the recursion.
struct Builder<'a> {
    document: &'a Document<'a>,
    environment: &'a Environment<'a>,
    nodes: Vec<Node>,
}

/// A key, and the values the layers have for it, weakest first.
type Merged = Vec<(Text, Vec<u32>)>;

impl Builder<'_> {
    fn root(&mut self, layers: &[Vec<u32>]) -> Outcome<()> {
        let children = self.merge(layers.iter().flatten().copied());
        let template = Node { kind: Kind::Map, key: Text::EMPTY, value: Text::EMPTY, end: 0, offset: 0 };
        self.container(template, |builder| children.iter().try_for_each(|(key, values)| builder.value(*key, values, 1)))
    }

    /// Children of the same key stand together, in the order in which the keys first appear.
    fn merge(&self, children: impl Iterator<Item = u32>) -> Merged {
        let mut places: HashMap<&[u8], usize> = HashMap::new();
        let mut merged: Merged = Vec::new();
        for child in children {
            let place = *places.entry(self.document.key(child)).or_insert(merged.len());
            match merged.get_mut(place) {
                Some((_, values)) => values.push(child),
                None => merged.push((self.document.node(child).key, vec![child])),
            }
        }
        merged
    }

    fn value(&mut self, key: Text, values: &[u32], depth: usize) -> Outcome<()> {
        let Some(last) = values.last() else { return Ok(()) };
        let node = *self.document.node(*last);
        match node.kind {
            Kind::Map => self.map(Node { key, ..node }, values, depth, true),
            Kind::List => self.list(Node { key, ..node }, *last, depth),
            _ => {
                let end = self.nodes.len() as u32 + 1;
                self.nodes.push(Node { key, end, ..node });
                Ok(())
            }
        }
    }

    /// Merges the maps that no later scalar or list replaced.
    fn map(&mut self, node: Node, values: &[u32], depth: usize, may_choose: bool) -> Outcome<()> {
        let document = self.document;
        let first = values.iter().rposition(|value| !document.node(*value).is_map()).map_or(0, |at| at + 1);
        let children = self.merge(values[first..].iter().flat_map(|map| document.children(*map)));
        let heads = || children.iter().map(|(_, values)| values[0]);
        let searched = may_choose && (depth == 1 || !self.environment.is_lenient());
        if searched && is_field(document, heads(), self.environment) {
            return self.choose(node, &children, depth);
        }
        self.container(node, |builder| children.iter().try_for_each(|(key, values)| builder.value(*key, values, depth + 1)))
    }

    fn choose(&mut self, node: Node, children: &Merged, depth: usize) -> Outcome<()> {
        let document = self.document;
        let find = |wanted: &[u8]| children.iter().find(|(key, _)| document.text(*key) == wanted);
        match find(self.environment.name.as_bytes()).or_else(|| find(DEFAULT)) {
            Some((_, values)) => self.value(node.key, values, depth + 1),
            None => {
                let name = String::from_utf8_lossy(document.text(node.key)).into_owned();
                let found: Vec<u32> = children.iter().map(|(_, values)| values[0]).collect();
                let what = format!("The field `{name}` has values for");
                Err(missing(self.environment, &what, &found, document).at(node.offset as usize).of(name))
            }
        }
    }

    fn list(&mut self, node: Node, list: u32, depth: usize) -> Outcome<()> {
        let document = self.document;
        self.container(node, |builder| {
            document.children(list).try_for_each(|item| match document.node(item) {
                item_node if item_node.is_map() => builder.map(*item_node, &[item], depth + 1, false),
                _ => builder.value(Text::EMPTY, &[item], depth + 1),
            })
        })
    }

    fn container(&mut self, node: Node, fill: impl FnOnce(&mut Self) -> Outcome<()>) -> Outcome<()> {
        let at = self.nodes.len();
        self.nodes.push(node);
        fill(self)?;
        self.nodes[at].end = self.nodes.len() as u32;
        Ok(())
    }
}
