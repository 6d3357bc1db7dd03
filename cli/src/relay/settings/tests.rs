//! Tests of what is taken as a setting, and of the complaints.

use super::*;
use figment::value::Value;

fn flags(pairs: &[(&str, &str)]) -> Flags {
    Flags(pairs.iter().map(|(key, value)| ((*key).to_owned(), Value::from(*value))).collect())
}

/// The settings of a file and flags, or the complaint.
fn settings(file: &str, flags: Flags) -> Result<(String, Settings), String> {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let path = folder.path().join("relay.toml");
    std::fs::write(&path, file).expect("a file can be written");
    let (figment, written) = gather(Some(&path), flags).map_err(|failure| failure.sentence)?;
    let settings = written.parse(&figment).map_err(|failure| failure.sentence)?;
    Ok((printed(&figment, &written), settings))
}

fn complaint(file: &str, pairs: &[(&str, &str)]) -> String {
    settings(file, flags(pairs)).err().expect("somebody complains")
}

#[test]
fn flags_go_before_the_file_and_the_file_before_the_defaults() {
    let file = "upstream = \"chat:1\"\nidle = \"1h\"\nprofile = \"tata\"\ntrust_relay = \"none\"\n";
    let (text, settings) = settings(file, flags(&[("upstream", "chat:2"), ("status_every", "off")])).expect("good");
    assert_eq!(settings.relay.upstream, "chat:2");
    assert_eq!(settings.relay.config.idle_ms, 3_600_000);
    assert_eq!(settings.relay.config.patience_ms, RelayConfig::default().patience_ms);
    assert!(settings.relay.config.trust_relay.is_empty() && settings.relay.status_every.is_none());
    assert_eq!(settings.relay.dialects, [Dialect::Plain, Dialect::Native]);
    let from = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).expect("it is printed");
        line.split("# ").last().expect("it has a remark").to_owned()
    };
    assert_eq!((from("upstream").as_str(), from("clients_max").as_str()), ("a flag", "default"));
    assert!(from("idle").ends_with("relay.toml"), "{text}");
}

#[test]
fn a_relay_takes_what_the_first_bytes_tell() {
    let (_, settings) = settings("upstream = \"chat:1\"\n", flags(&[])).expect("good settings");
    assert!(settings.relay.dialects.contains(&Dialect::Native) && settings.relay.dialects.contains(&Dialect::Plain));
    assert!(!settings.relay.dialects.iter().any(|dialect| dialect.is_of_web()), "{:?}", settings.relay.dialects);
}

#[test]
fn what_is_printed_can_be_read_again() {
    let (text, _) = settings("", flags(&[("upstream", "chat:2"), ("patience", "7s")])).expect("good settings");
    let (_, again) = settings(&text, flags(&[])).expect("what was printed is a configuration");
    assert_eq!((again.relay.config.patience_ms, again.relay.upstream.as_str()), (7_000, "chat:2"));
    let (figment, written) = gather(None, flags(&[])).expect("good settings");
    let bare = printed(&figment, &written);
    assert!(bare.contains("# upstream ="), "what is missing is a remark: {bare}");
    assert!(complaint(&bare, &[]).contains("--upstream"));
}

#[test]
fn complaints_name_the_setting_and_where_it_comes_from() {
    let up = "upstream = \"chat:1\"\n";
    for (line, words) in [
        ("idle = \"5\"\n", &["line 2", "`idle`", "A time has a unit"][..]),
        ("idle = \"0s\"\n", &["line 2", "the least is 1ms"]),
        ("lsten = \"x\"\n", &["line 2", "`lsten`", "hobnob relay --print-config"]),
        ("listen = \"nowhere\"\n", &["line 2", "HOST:PORT"]),
        ("listen = []\n", &["line 2", "an address to listen on"]),
        ("profile = \"foo\"\n", &["line 2", "open, classroom"]),
        ("clients_max = 0\n", &["line 2", "the least is 1"]),
        ("trust_relay = [\"moon\"]\n", &["line 2", "no network"]),
        ("log_text = true\n", &["line 2", "`log` names its file"]),
    ] {
        let said = complaint(&format!("{up}{line}"), &[]);
        assert!(words.iter().all(|word| said.contains(word)), "{line:?}: {said}");
    }
    let flag = complaint("", &[("upstream", "chat:99999")]);
    assert!(flag.contains("`upstream` (from a flag)") && flag.contains("too large"), "{flag}");
}
