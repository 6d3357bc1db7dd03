//! Joins modules of a page into one script, so that a browser asks once and not thirty times.
//!
//! Owns the few forms that our modules are written in: `import { a, b as c } from "./d.js";` and `export` before a
//! declaration, both at the beginning of a line. Whoever works on a page gets the modules as they are.

use std::collections::BTreeSet;

/// One script with what the module `entry` and all that it imports do, each in a scope of its own, in the order of their
/// imports. `read` gives a module's text. Fails with what is not in one of our forms.
pub(super) fn join(entry: &str, read: &dyn Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut joining =
        Joining { read, done: BTreeSet::new(), under_way: Vec::new(), script: "const modules = {};\n".to_owned() };
    joining.add(entry)?;
    Ok(joining.script)
}

struct Joining<'a> {
    read: &'a dyn Fn(&str) -> Option<String>,
    done: BTreeSet<String>,
    /// The modules whose imports are being added.
    under_way: Vec<String>,
    script: String,
}

impl Joining<'_> {
    fn add(&mut self, name: &str) -> Result<(), String> {
        if self.done.contains(name) {
            return Ok(());
        }
        if self.under_way.iter().any(|other| other == name) {
            return Err(format!("{name} imports itself by way of others"));
        }
        let text = (self.read)(name).ok_or_else(|| format!("there is no module {name}"))?;
        self.under_way.push(name.to_owned());
        let (mut body, mut exports) = (String::new(), Vec::new());
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            if line.starts_with("import ") {
                let mut statement = line.to_owned();
                while !statement.ends_with(';') {
                    statement.push_str(lines.next().ok_or_else(|| format!("{name}: an import has no end"))?);
                }
                body.push_str(&self.import(name, &statement)?);
            } else if let Some(declaration) = line.strip_prefix("export ") {
                exports.push(declared(declaration).ok_or_else(|| format!("{name}: {line}"))?.to_owned());
                body.push_str(declaration);
            } else {
                body.push_str(line);
            }
            body.push('\n');
        }
        self.under_way.pop();
        self.done.insert(name.to_owned());
        // The first module may wait for something; nobody imports it.
        let part = if self.under_way.is_empty() {
            format!("{{\n{body}}}\n")
        } else {
            format!("modules[\"{name}\"] = (() => {{\n{body}return {{ {} }};\n}})();\n", exports.join(", "))
        };
        self.script.push_str(&part);
        Ok(())
    }

    /// Adds the module that is imported, and gives what stands in the statement's place.
    fn import(&mut self, name: &str, statement: &str) -> Result<String, String> {
        let parts = statement.strip_prefix("import {").and_then(|rest| rest.split_once('}'));
        let parts = parts.and_then(|(names, from)| {
            let from = from.trim().strip_prefix("from \"./")?.strip_suffix("\";")?;
            Some((names.replace(" as ", ": "), from.to_owned()))
        });
        let (names, from) = parts.ok_or_else(|| format!("{name}: {statement}"))?;
        self.add(&from)?;
        Ok(format!("const {{{names}}} = modules[\"{from}\"];"))
    }
}

/// The name that a declaration declares.
fn declared(declaration: &str) -> Option<&str> {
    let rest = declaration.strip_prefix("async ").unwrap_or(declaration);
    let rest = ["function ", "class ", "const "].iter().find_map(|word| rest.strip_prefix(word))?;
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    Some(&rest[..end]).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str) -> Option<String> {
        let text = match name {
            "a.js" => "import { b as two,\n  c } from \"./b.js\";\nimport { d } from \"./d.js\";\nawait two(c, d);\n",
            "b.js" => "import { d } from \"./d.js\";\nexport function b() {}\nexport const c = d;\n",
            "d.js" => "export class d {\n}\nexport async function e() {}\n",
            "loop.js" => "import { loop } from \"./pool.js\";\n",
            "pool.js" => "import { pool } from \"./loop.js\";\n",
            "star.js" => "import * as all from \"./d.js\";\n",
            "default.js" => "export default 1;\n",
            _ => return None,
        };
        Some(text.to_owned())
    }

    #[test]
    fn modules_stand_in_the_order_of_their_imports_each_once() {
        let joined = join("a.js", &read).expect("they are in our forms");
        let expected = "const modules = {};\n\
             modules[\"d.js\"] = (() => {\nclass d {\n}\nasync function e() {}\nreturn { d, e };\n})();\n\
             modules[\"b.js\"] = (() => {\nconst { d } = modules[\"d.js\"];\nfunction b() {}\nconst c = d;\nreturn { b, c };\n})();\n\
             {\nconst { b: two,  c } = modules[\"b.js\"];\nconst { d } = modules[\"d.js\"];\nawait two(c, d);\n}\n";
        assert_eq!(joined, expected);
    }

    #[test]
    fn what_is_not_in_our_forms_is_named() {
        for (entry, why) in [
            ("loop.js", "loop.js imports itself by way of others"),
            ("star.js", "star.js: import * as all from \"./d.js\";"),
            ("default.js", "default.js: export default 1;"),
            ("none.js", "there is no module none.js"),
        ] {
            assert_eq!(join(entry, &read), Err(why.to_owned()));
        }
    }
}
