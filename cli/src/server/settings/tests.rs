//! Tests of what is taken as a setting, and of the complaints.

use super::amounts::least;
use super::*;

fn flags(pairs: &[(&str, &str)]) -> Flags {
    Flags(pairs.iter().map(|(key, value)| ((*key).to_owned(), Value::from(*value))).collect())
}

fn limit(name: &str, value: &str) -> Flags {
    let limits: Dict = [(name.to_owned(), Value::from(value))].into();
    Flags([("limits".to_owned(), Value::from(limits))].into())
}

/// The settings of a file and flags, or the complaint.
fn settings(file: &str, flags: Flags) -> Result<Settings, String> {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let path = folder.path().join("hobnob.toml");
    std::fs::write(&path, file).expect("a file can be written");
    let (figment, written) = gather(Some(&path), flags).map_err(|failure| failure.sentence)?;
    written.parse(&figment).map_err(|failure| failure.sentence)
}

fn complaint(file: &str, flags: Flags) -> String {
    settings(file, flags).err().expect("somebody complains")
}

#[test]
fn flags_go_before_the_file_and_the_file_before_the_defaults() {
    let file = "sync = \"never\"\nlobby = \"hall\"\n[limits]\nidle_ms = \"1h\"\n";
    let settings = settings(file, flags(&[("lobby", "den")])).expect("these are settings");
    assert_eq!(settings.server.durability, Durability::Never);
    assert_eq!(settings.server.config.lobby.as_str(), "den");
    assert_eq!(settings.server.config.limits.idle_ms, 3_600_000);
    assert_eq!(settings.server.config.limits.say_burst, Limits::default().say_burst);
}

#[test]
fn what_is_printed_can_be_read_again() {
    let (figment, written) = gather(None, flags(&[("sync", "interval")])).expect("these are settings");
    let parsed = written.parse(&figment).expect("these are settings");
    let text = printed(&figment, &written, &parsed).expect("they can be printed");
    assert!(text.lines().any(|line| line.starts_with("sync = \"interval\"") && line.ends_with("# a flag")), "{text}");
    let again = settings(&text, flags(&[])).expect("what was printed is a configuration");
    assert_eq!(again.server.durability, Durability::Interval);
}

#[test]
fn each_listener_has_its_profile() {
    let listen = "listen = [\"127.0.0.1:1\", \"classroom=127.0.0.1:2\"]";
    let settings = settings(listen, flags(&[])).expect("these are settings");
    let names: Vec<&str> = settings.server.listeners.iter().map(|listener| listener.profile.name.as_str()).collect();
    assert_eq!(names, ["open", "classroom", "open", "open"], "the last are those of pages and of websockets");
    assert_eq!(settings.server.config.nick_case, NickCase::Fold, "one listener folds");
}

#[test]
fn pages_come_from_a_folder_that_is_there() {
    let error = settings("pages = \"no/such/folder\"", flags(&[])).err().expect("there is no such folder");
    assert!(error.contains("\"no/such/folder\" is no folder"), "{error}");
}

#[test]
fn a_rate_may_be_off_and_a_time_is_a_time() {
    let off = settings("", limit("say_per_second", "off")).expect("a rate may be off");
    assert_eq!(off.server.config.limits.say_per_second, 0);
    let muted = settings("", limit("mute_ms", "90s")).expect("a limit may be a time");
    assert_eq!(muted.server.config.limits.mute_ms, 90_000);
}

#[test]
fn a_time_without_a_unit_is_refused() {
    for flags in [limit("idle_ms", "5"), flags(&[("status_every", "5")]), flags(&[("keep_journal", "5")])] {
        let unit = complaint("", flags);
        assert!(unit.contains("A time has a unit") && unit.contains("write "), "{unit}");
    }
    let number = complaint("[limits]\nidle_ms = 5\n", flags(&[]));
    assert!(number.contains("`limits.idle_ms`") && number.contains("write 5s or 10m"), "{number}");
    let off = settings("[limits]\nresume_ms = 0\n", limit("mute_memory_ms", "off")).expect("0 needs no unit");
    assert_eq!((off.server.config.limits.resume_ms, off.server.config.limits.mute_memory_ms), (0, 0));
    let off = settings("", flags(&[("status_every", "0s")])).expect("0 s is off");
    assert_eq!(off.server.status_every, None);
}

#[test]
fn what_makes_no_sense_as_0_is_refused() {
    for name in ["say_burst", "garbled_max", "kept_entries_max", "rooms_max", "idle_ms"] {
        let zero = complaint("", limit(name, "0"));
        assert!(zero.contains(name) && zero.contains("the least is 1"), "{zero}");
    }
    for key in ["capacity", "snapshot_every"] {
        let zero = complaint(&format!("{key} = 0\n"), flags(&[]));
        assert!(zero.contains(key) && zero.contains("the least is 1"), "{zero}");
    }
    for name in ["say_per_second", "mail_max"] {
        assert!(settings("", limit(name, "0")).is_ok(), "{name} may be 0");
    }
    let limits = Limits::default().values();
    let table = Limits::TABLE.iter().zip(limits);
    assert!(table.into_iter().all(|((name, ..), default)| default >= least(name)), "the defaults make sense");
}

#[test]
fn the_profile_and_the_port_are_blamed_for_what_is_theirs() {
    let profile = complaint("", flags(&[("profile", "foo")]));
    assert!(profile.contains("`profile` (from a flag)") && profile.contains("open, classroom"), "{profile}");
    let port = complaint("", flags(&[("listen", "127.0.0.1:80000")]));
    assert!(port.contains("80000") && port.contains("too large"), "{port}");
}

#[test]
fn complaints_name_the_line_and_the_setting() {
    let unknown = complaint("sync = \"never\"\nlsten = \"x\"\n", flags(&[]));
    assert!(unknown.contains("hobnob.toml, line 2") && unknown.contains("`lsten`"), "{unknown}");
    let torn = complaint("sync = \"never\"\n[limits\n", flags(&[]));
    assert!(torn.contains("line 2"), "{torn}");
    let sync = complaint("", flags(&[("sync", "sometimes")]));
    assert!(sync.contains("always, interval, never") && sync.contains("a flag"), "{sync}");
    let addr = complaint("", flags(&[("listen", "nowhere")]));
    assert!(addr.contains("HOST:PORT"), "{addr}");
    let limit = complaint("", limit("say_bursts", "3"));
    assert!(limit.contains("say_burst,"), "{limit}");
}

fn profile<'a>(settings: &'a Settings, name: &str) -> &'a hobnob_spec::profile::Profile {
    let mut listeners = settings.server.listeners.iter().map(|listener| &listener.profile);
    listeners.find(|profile| profile.name == name).expect("a listener has the profile")
}

#[test]
fn each_knob_of_a_profile_can_be_set_and_a_profile_of_ones_own_is_like_another() {
    use hobnob_spec::profile::{Absent, Dialect, NickTaken};
    let file = "listen = [\"classroom=127.0.0.1:1\", \"club=127.0.0.1:2\"]\n\
                [profiles.classroom]\ncapacity = 5\nnick_taken = \"suffix\"\ndialects = [\"native\"]\n\
                [profiles.club]\nlike = \"tata\"\nabsent = \"discard\"\n";
    let knobs = knobs_from_flags(&["classroom.capacity=7".into(), "club.echo=true".into()]).expect("these are knobs");
    let settings = settings(file, Flags([("profiles".to_owned(), Value::from(knobs))].into())).expect("good settings");
    let classroom = profile(&settings, "classroom");
    assert_eq!((classroom.capacity, classroom.nick_taken), (7, NickTaken::Suffix));
    assert_eq!(classroom.dialects, [Dialect::Native]);
    let club = profile(&settings, "club");
    assert_eq!(
        (club.absent, club.echo, &club.dialects[..]),
        (Absent::Discard, true, &[Dialect::Plain, Dialect::Native][..])
    );
    assert_eq!(settings.server.config.nick_case, NickCase::Exact, "both tell names apart by case");
}

#[test]
fn the_capacity_that_is_nearer_to_the_operator_counts() {
    let listen = "listen = [\"classroom=127.0.0.1:1\", \"tata=127.0.0.1:2\"]\n";
    let file = format!("{listen}capacity = 9\n[profiles.classroom]\ncapacity = 5\n");
    let same = settings(&file, flags(&[])).expect("good settings");
    assert_eq!((profile(&same, "classroom").capacity, profile(&same, "tata").capacity), (5, 9));
    let flag = Flags([("capacity".to_owned(), Value::from(4_u64))].into());
    let nearer = settings(&file, flag).expect("good settings");
    assert_eq!((profile(&nearer, "classroom").capacity, profile(&nearer, "tata").capacity), (4, 4));
}

#[test]
fn the_profiles_that_are_printed_can_be_read_again() {
    let knobs = knobs_from_flags(&["tata.dialects=plain,native".into(), "mine.like=sendto".into()]).expect("knobs");
    let (figment, written) = gather(None, Flags([("profiles".to_owned(), Value::from(knobs))].into())).expect("good");
    let parsed = written.parse(&figment).expect("good settings");
    let text = printed(&figment, &written, &parsed).expect("they can be printed");
    for name in ["open", "classroom", "messenger", "tata", "sendto", "mine"] {
        assert!(text.contains(&format!("\n[profiles.{name}]\n")), "{text}");
    }
    let line = text.lines().find(|line| line.contains("[\"plain\", \"native\"]")).expect("the knob is printed");
    assert!(line.starts_with("dialects = ") && line.ends_with("# a flag"), "{line}");
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.iter().any(|line| line.starts_with("echo = false") && line.ends_with("# the profile")), "{text}");
    let again = settings(
        &format!("listen = [\"tata=127.0.0.1:1\", \"mine=127.0.0.1:2\"]\n{}", without_listen(&text)),
        flags(&[]),
    );
    let again = again.expect("what was printed is a configuration");
    assert_eq!(profile(&again, "tata").dialects.len(), 2);
    assert_eq!(profile(&again, "mine").nick_case, NickCase::Exact);
}

fn without_listen(text: &str) -> String {
    text.lines().filter(|line| !line.starts_with("listen = ")).map(|line| format!("{line}\n")).collect()
}

#[test]
fn complaints_about_knobs_name_the_line_and_what_there_is() {
    let file = "capacity = 4\n[profiles.classroom]\necho = true\nnick_taken = \"sufix\"\n";
    let word = complaint(file, flags(&[]));
    assert!(word.contains("line 4") && word.contains("`profiles.classroom.nick_taken`"), "{word}");
    assert!(word.contains("`suffix`, `reject`, `close`"), "{word}");
    let knob = complaint("[profiles.tata]\necko = false\n", flags(&[]));
    assert!(knob.contains("line 2") && knob.contains("announcements"), "{knob}");
    let stranger = complaint("\n[profiles.club]\necho = false\n", flags(&[]));
    assert!(stranger.contains("line 2") && stranger.contains("like = \"open\""), "{stranger}");
    let zero = complaint("capacity = 3\n[profiles.tata]\ncapacity = 0\n", flags(&[]));
    assert!(zero.contains("line 3") && zero.contains("the least is 1"), "{zero}");
    let none = complaint("[profiles.tata]\ndialects = []\n", flags(&[]));
    assert!(none.contains("at least one dialect"), "{none}");
    let web = complaint("[profiles.tata]\ndialects = [\"plain\", \"webtext\"]\n", flags(&[]));
    assert!(web.contains("line 2") && web.contains("webtext comes over websockets") && web.contains("--ws"), "{web}");
    let flag = knobs_from_flags(&["capacity=5".into()]).expect_err("it names no profile").sentence;
    assert!(flag.contains("PROFILE.KNOB=VALUE"), "{flag}");
}

#[test]
fn variables_name_knobs() {
    assert_eq!(profiles::key_of("profiles_classroom_nick_taken").as_deref(), Some("profiles.classroom.nick_taken"));
    assert_eq!(profiles::key_of("profiles_my_own_like").as_deref(), Some("profiles.my_own.like"));
    assert_eq!(profiles::key_of("profiles_classroom_wings"), None);
}

#[test]
fn a_time_zone_is_named_or_an_offset() {
    let offset = |text: &str| {
        let settings = settings("", flags(&[("time_zone", text)])).expect("a good zone");
        settings.server.time_zone.to_offset(jiff::Timestamp::UNIX_EPOCH).seconds()
    };
    assert_eq!((offset("utc"), offset("+02:00"), offset("-03:30")), (0, 7_200, -12_600));
    let moon = complaint("", flags(&[("time_zone", "moon")]));
    assert!(moon.contains("utc, local, +02:00"), "{moon}");
}
