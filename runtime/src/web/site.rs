//! What the server answers to requests of HTTP: which path is whose, and what every answer is told to the browser.
//!
//! This and the modules of its routes are all that knows tide.

use super::monitor::Doorman;
use super::origin::Names;
use super::pages::Pages;
use super::{api, attachments, metrics, monitor, pages};
use crate::hub::desk::Desk;
use crate::journal::Reader;
use async_channel::Sender;
use std::sync::Arc;
use tide::http::{Request, Response, mime};
use tide::{Server, StatusCode};

/// Only our own scripts and styles, no foreign origin, and in nobody's frame. Pictures may be made in the page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
                      manifest-src 'self'";

/// A task for the thread that reads the message log.
pub(crate) type Reading = Box<dyn FnOnce(&Reader) + Send>;

/// What the routes work with.
#[derive(Clone)]
pub(crate) struct Site {
    pub(super) desk: Desk,
    pub(super) pages: Arc<Pages>,
    pub(super) doorman: Arc<Doorman>,
    pub(super) names: Arc<Names>,
    /// Where the message log is read; `None` where nothing is kept.
    pub(super) log: Option<Sender<Reading>>,
    app: Option<Arc<Server<Site>>>,
}

impl Site {
    /// The routes, with all that they work with.
    pub(super) fn new(
        (desk, log): (Desk, Option<Sender<Reading>>),
        pages: Pages,
        doorman: Doorman,
        names: Arc<Names>,
    ) -> Self {
        let (pages, doorman) = (Arc::new(pages), Arc::new(doorman));
        let site = Self { desk, pages, doorman, names, log, app: None };
        let app = Arc::new(routes(site.clone()));
        Self { app: Some(app), ..site }
    }

    /// Answers a request.
    pub(super) async fn respond(&self, request: Request) -> Response {
        let app = self.app.as_ref().expect("a site that answers has its routes");
        let answered: Result<Response, _> = app.respond(request).await;
        let mut response = answered.unwrap_or_else(|error| Response::new(error.status()));
        if response.is_empty() == Some(true) && response.status().is_client_error() {
            response.set_body(format!("{}\n", response.status().canonical_reason()));
        }
        harden(&mut response);
        response
    }
}

fn routes(site: Site) -> Server<Site> {
    let mut app = tide::with_state(site);
    app.at("/").get(pages::chat);
    app.at("/web/:version/:name").get(pages::file);
    app.at("/files/:file/:name").get(attachments::fetch);
    app.at("/monitor").get(monitor::page);
    app.at("/monitor/login").post(monitor::log_in);
    app.at("/api/openapi.json").get(api::description);
    app.at("/api/report").get(api::report);
    app.at("/api/log").get(api::log);
    app.at("/api/stats").get(api::stats);
    app.at("/api/table").get(api::table);
    app.at("/api/act").post(api::act);
    app.at("/metrics").get(metrics::metrics);
    app.at("/health").get(metrics::health);
    app.at("/ready").get(metrics::ready);
    app
}

/// Tells the browser what holds for every answer.
pub(super) fn harden(response: &mut Response) {
    for (name, value) in [
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        // With none at all a browser does not say, either, whose page a form is of.
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        response.insert_header(name, value);
    }
    if response.header("cache-control").is_none() {
        response.insert_header("cache-control", "no-store");
    }
}

/// A page.
pub(super) fn html(status: StatusCode, text: String) -> tide::Response {
    tide::Response::builder(status).body(text).content_type(mime::HTML).build()
}

/// There is no such thing.
pub(super) fn missing() -> tide::Response {
    says(StatusCode::NotFound, "There is no such thing here.")
}

/// A sentence.
pub(super) fn says(status: StatusCode, why: &str) -> tide::Response {
    tide::Response::builder(status).body(format!("{why}\n")).content_type(mime::PLAIN).build()
}
