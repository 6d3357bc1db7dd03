//! From which pages a browser may come: those of this server, under a name that is known to be its own.
//!
//! Owns the comparison of `Host` and `Origin`. A page of somebody else's that a user has open must not talk in the
//! user's name, and a name that only points here (a rebound one) is not ours.

use std::net::IpAddr;

/// The names under which the server's pages are opened, beside `localhost` and addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names(Vec<String>);

impl Names {
    /// These names, such as `chat.example.org`, in whatever case.
    pub fn new(names: impl IntoIterator<Item = String>) -> Self {
        Self(names.into_iter().map(|name| name.to_lowercase()).collect())
    }

    /// Whether a request may be served: `host` is the header of that name, `origin` the page that makes it, which
    /// programs that are no browsers leave out. Fails with what is wrong, as a sentence.
    pub fn admit(&self, host: Option<&str>, origin: Option<&str>) -> Result<(), &'static str> {
        let host = host.and_then(name_of).ok_or("The request names no host.")?;
        if !self.is_ours(&host) {
            return Err("This server is not known under that name; start it with --web-name NAME.");
        }
        let Some(origin) = origin else { return Ok(()) };
        let page = origin.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https"));
        match page.and_then(|(_, page)| name_of(page)) {
            Some(page) if page == host => Ok(()),
            _ => Err("The page is another server's."),
        }
    }

    /// Like [`Names::admit`], for what only pages of the same port may ask: browsers hand cookies to all ports of a
    /// host, where anybody's program may serve pages.
    pub fn admit_same_port(&self, host: Option<&str>, origin: Option<&str>) -> Result<(), &'static str> {
        self.admit(host, origin)?;
        let page = origin.and_then(|origin| origin.split_once("://")).map(|(_, page)| page);
        let same = |page: &str| host.is_some_and(|host| host.eq_ignore_ascii_case(page));
        if page.is_none_or(same) { Ok(()) } else { Err("The page is another port's.") }
    }

    fn is_ours(&self, name: &str) -> bool {
        let address = name.trim_start_matches('[').trim_end_matches(']');
        name == "localhost" || address.parse::<IpAddr>().is_ok() || self.0.iter().any(|ours| ours == name)
    }
}

/// The host of `HOST` or `HOST:PORT`.
fn name_of(authority: &str) -> Option<String> {
    let end = if authority.starts_with('[') {
        authority.find(']').map(|at| at + 1)?
    } else {
        authority.find(':').unwrap_or(authority.len())
    };
    let (host, port) = authority.split_at(end);
    let port_is_one = port.is_empty() || port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok());
    (!host.is_empty() && port_is_one).then(|| host.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn a_browser_comes_from_a_page_of_this_server_under_a_name_of_its_own() {
        let names = Names::new(["Chat.Example.org".to_owned()]);
        for (host, origin, admitted) in [
            (Some("127.0.0.1:18081"), None, true),
            (Some("127.0.0.1:18081"), Some("http://127.0.0.1:18080"), true),
            (Some("localhost:18081"), Some("http://localhost:18080"), true),
            (Some("[::1]:18081"), Some("http://[::1]:18080"), true),
            (Some("chat.example.org"), Some("https://chat.example.org"), true),
            (Some("127.0.0.1:18081"), Some("http://localhost:18080"), false),
            (Some("127.0.0.1:18081"), Some("http://evil.example"), false),
            (Some("127.0.0.1:18081"), Some("null"), false),
            (Some("127.0.0.1:18081"), Some("file://127.0.0.1"), false),
            (Some("127.0.0.1:18081"), Some("http://127.0.0.1.evil.example"), false),
            (Some("127.0.0.1:18081"), Some("http://127.0.0.1:80@evil.example"), false),
            (Some("evil.example:18081"), Some("http://evil.example:18081"), false),
            (Some("evil.example"), None, false),
            (Some(""), None, false),
            (None, None, false),
        ] {
            assert_eq!(names.admit(host, origin).is_ok(), admitted, "{host:?} {origin:?}");
        }
    }

    #[test]
    fn a_page_of_another_port_may_not_ask_for_what_is_behind_cookies() {
        let names = Names::new(["chat.example.org".to_owned()]);
        for (host, origin, admitted) in [
            ("127.0.0.1:18080", None, true),
            ("127.0.0.1:18080", Some("http://127.0.0.1:18080"), true),
            ("chat.example.org", Some("https://Chat.Example.org"), true),
            ("127.0.0.1:18080", Some("http://127.0.0.1:9999"), false),
            ("127.0.0.1:18080", Some("http://127.0.0.1"), false),
            ("evil.example", Some("http://evil.example"), false),
        ] {
            assert_eq!(names.admit_same_port(Some(host), origin).is_ok(), admitted, "{host} {origin:?}");
        }
    }
}
