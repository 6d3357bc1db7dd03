//! Which faults there are, as it is said on the command line.

use hobnob_sim::draw::{Faults, GROUPS};
use hobnob_sim::plan::FaultKind;

/// Reads `none`, `light`, `heavy`, or `only=` with kinds and groups.
pub(super) fn read(text: &str) -> Result<Faults, String> {
    match text {
        "none" => return Ok(Faults::None),
        "light" => return Ok(Faults::Light),
        "heavy" => return Ok(Faults::Heavy),
        _ => {}
    }
    let names = text.strip_prefix("only=").ok_or("faults are none, light, heavy or only=KIND,KIND")?;
    let mut kinds = Vec::new();
    for name in names.split(',') {
        match (FaultKind::named(name), GROUPS.iter().find(|(group, _)| *group == name)) {
            (Some(kind), _) => kinds.push(kind),
            (None, Some((_, group))) => kinds.extend_from_slice(group),
            (None, None) => return Err(unknown(name)),
        }
    }
    kinds.sort();
    kinds.dedup();
    Ok(Faults::Only(kinds))
}

/// Writes them as they are read.
pub(super) fn write(faults: &Faults) -> String {
    match faults {
        Faults::None => "none".into(),
        Faults::Light => "light".into(),
        Faults::Heavy => "heavy".into(),
        Faults::Only(kinds) => {
            let names: Vec<_> = kinds.iter().map(|kind| kind.name()).collect();
            format!("only={}", names.join(","))
        }
    }
}

fn unknown(name: &str) -> String {
    let kinds: Vec<_> = FaultKind::ALL.iter().map(|kind| kind.name()).collect();
    let groups: Vec<_> = GROUPS.iter().map(|(group, _)| *group).collect();
    let near = kinds.iter().chain(&groups).map(|known| (strsim::damerau_levenshtein(known, name), *known));
    let near = near.min().filter(|(far, _)| *far <= 3);
    let meant = near.map_or_else(String::new, |(_, known)| format!("; did you mean `{known}`?"));
    let (kinds, groups) = (kinds.join(", "), groups.join(", "));
    format!("there is no fault `{name}`{meant}\nThe kinds: {kinds}\nThe groups: {groups}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_read_by_kind_and_by_group() {
        assert_eq!(read("light"), Ok(Faults::Light));
        let Ok(Faults::Only(kinds)) = read("only=partition,crash") else { panic!("it names kinds") };
        assert!(kinds.contains(&FaultKind::Partition) && kinds.contains(&FaultKind::Torn));
        assert!(!kinds.contains(&FaultKind::PartitionUp), "a kind's own name means the kind alone");
        assert_eq!(read(&write(&Faults::Only(kinds.clone()))), Ok(Faults::Only(kinds)));
    }

    #[test]
    fn an_unknown_fault_is_answered_with_the_list_and_what_was_meant() {
        let said = read("only=partitoin").expect_err("it is misspelled");
        assert!(said.contains("did you mean `partition`?") && said.contains("half-open-up"), "{said}");
    }
}
