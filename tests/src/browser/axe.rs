//! Accessibility, checked by axe-core.

use super::Page;
use serde_json::Value;

/// The checker; `tests/browser/vendor/README.md` says which.
const AXE: &str = include_str!("../../browser/vendor/axe.min.js");

impl Page {
    /// Checks the page as it stands: all rules of WCAG 2.2 A and AA, and the best practices.
    ///
    /// # Panics
    /// When a rule is broken, with each rule, where it is broken, and what it says.
    #[track_caller]
    pub fn axe(&self) {
        let there = self.eval("typeof axe === 'object'");
        if there != Value::Bool(true) {
            self.eval(&format!("{AXE}; true"));
        }
        let found = self.eval(
            "axe.run(document, { resultTypes: ['violations'], preload: false }).then(found => found.violations.map(rule => \
             `${rule.id} (${rule.impact}): ${rule.help}\\n` + rule.nodes.map(node => \
             `    ${node.target.join(' ')}\\n      ${node.failureSummary.split('\\n').join('\\n      ')}`).join('\\n')))",
        );
        let broken: Vec<&str> = found.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if !broken.is_empty() {
            self.fail(&format!("axe finds {} rules broken:\n{}", broken.len(), broken.join("\n")));
        }
    }
}
