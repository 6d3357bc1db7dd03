//! The moves of a table as a picture: Mermaid for the manual, Graphviz for whoever wants to lay it out.
//!
//! Only rows that lead somewhere are drawn; most rows stay where they are, and the tables tell them.

use super::chapter::{Chapter, Then};

/// All ways from one state to another: events, each group under one guard.
struct Edge {
    from: &'static str,
    to: Option<&'static str>,
    labels: Vec<Label>,
}

struct Label {
    guard: String,
    events: Vec<&'static str>,
}

/// The moves of a table, as a Mermaid `stateDiagram-v2`.
pub(super) fn mermaid(chapter: &Chapter) -> String {
    let mut out = format!("stateDiagram-v2\n    [*] --> {}\n", chapter.first);
    for edge in edges(chapter) {
        let label = edge.label("<br/>");
        out += &format!("    {} --> {} : {label}\n", edge.from, edge.to.unwrap_or("[*]"));
    }
    out
}

/// The moves of a table, for Graphviz.
pub fn dot(chapter: &Chapter) -> String {
    let mut out = format!("digraph {} {{\n    node [shape=box, style=rounded];\n", chapter.name);
    out += "    start [shape=point];\n    end [shape=doublecircle, label=\"\"];\n";
    out += &format!("    start -> {};\n", chapter.first);
    for edge in edges(chapter) {
        let label = edge.label("\\n");
        out += &format!("    {} -> {} [label=\"{label}\"];\n", edge.from, edge.to.unwrap_or("end"));
    }
    // A table that never ends has no use for the end.
    if !edges(chapter).iter().any(|edge| edge.to.is_none()) {
        out = out.replace("    end [shape=doublecircle, label=\"\"];\n", "");
    }
    out + "}\n"
}

impl Edge {
    fn label(&self, break_line: &str) -> String {
        let one = |label: &Label| match label.guard.as_str() {
            "" => label.events.join(", "),
            guard => format!("{} [{guard}]", label.events.join(", ")),
        };
        self.labels.iter().map(one).collect::<Vec<_>>().join(break_line)
    }
}

fn edges(chapter: &Chapter) -> Vec<Edge> {
    let mut edges: Vec<Edge> = Vec::new();
    for cell in &chapter.cells {
        for line in &cell.lines {
            let to = match line.next {
                Then::Stays => continue,
                Then::Becomes(state) => Some(state),
                Then::Ends => None,
            };
            // `Always` alone needs no word; after other rows it means "else".
            let guard = match (line.guard.name.as_ref(), cell.lines.len()) {
                ("Always", 1) => String::new(),
                ("Always", _) => "else".into(),
                (guard, _) => guard.into(),
            };
            let at = edges.iter().position(|edge| edge.from == cell.state && edge.to == to).unwrap_or_else(|| {
                edges.push(Edge { from: cell.state, to, labels: Vec::new() });
                edges.len() - 1
            });
            let labels = &mut edges[at].labels;
            match labels.iter_mut().find(|label| label.guard == guard) {
                Some(label) if label.events.contains(&cell.event) => {}
                Some(label) => label.events.push(cell.event),
                None => labels.push(Label { guard, events: vec![cell.event] }),
            }
        }
    }
    edges
}
