//! A page that explains a run: what was promised and broken, how to repeat it, and who sent what to whom.
//!
//! Owns the page around the diagram. It stands in one file, needs no script and nothing from elsewhere.

use super::flight::Flights;
use super::scene::{self, Scene};
use super::svg::{AXIS, axis, diagram, escape};
use super::trace::{counted, trace};
use crate::chronicle::{Chronicle, Moment};
use crate::plan::Plan;
use crate::plan::line::{write_step, write_time};
use crate::promise::Breach;
use crate::witness::Outcome;
use std::fmt::Write as _;

const STYLE: &str = include_str!("page.css");
/// How many moments are drawn: more make a page that no browser likes.
pub const MOMENTS_MOST: usize = 6_000;

/// What a page says.
#[derive(Debug, Clone, Default)]
pub struct Page<'a> {
    /// Its title.
    pub title: String,
    /// What is shown, in a sentence or two.
    pub about: String,
    /// The promise that was broken, if one was.
    pub breach: Option<&'a Breach>,
    /// Whether promises were judged at all.
    pub judged: bool,
    /// What repeats the run.
    pub command: String,
    /// What was planned, a line each.
    pub planned: Vec<String>,
    /// What else is to be known, a sentence each.
    pub notes: Vec<String>,
}

/// The page of a simulated run.
pub fn html(plan: &Plan, outcome: &Outcome, command: &str) -> String {
    let title = if plan.name.is_empty() { format!("Seed {}", plan.seed) } else { plan.name.clone() };
    let planned = plan.steps.iter().map(|step| write_step(plan, step)).collect();
    let healed = format!("All faults are over at {} of virtual time.", write_time(plan.heal_ms));
    page(
        &outcome.chronicle,
        &Page {
            title,
            about: plan.about.clone(),
            breach: outcome.broken.first(),
            judged: true,
            command: command.to_owned(),
            planned,
            notes: vec![healed],
        },
    )
}

/// The page of a chronicle.
pub fn page(chronicle: &Chronicle, page: &Page<'_>) -> String {
    let scene = scene::build(chronicle, MOMENTS_MOST);
    let title = escape(&page.title);
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body style=\"--page:{}px\">\n<header class=\"top\">\n<h1>{title}</h1>\n",
        scene.width + AXIS
    );
    if !page.about.is_empty() {
        let _ = writeln!(html, "<p class=\"about\">{}</p>", escape(&page.about));
    }
    verdict(&mut html, page);
    counts(&mut html, chronicle);
    if !page.command.is_empty() {
        let _ = writeln!(html, "<p class=\"repeat\">Repeat it: <code>{}</code></p>", escape(&page.command));
    }
    for note in &page.notes {
        let _ = writeln!(html, "<p class=\"note\">{}</p>", escape(note));
    }
    if scene.left_out > 0 {
        let left = counted(scene.left_out as u64, "moment");
        let _ = writeln!(html, "<p class=\"note cut\">The drawing is cut: {left} more happened after its end.</p>");
    }
    planned(&mut html, page);
    html += LEGEND;
    html += "</header>\n<main>\n";
    heading(&mut html, &scene);
    let _ = writeln!(html, "<div class=\"drawing\">\n<div class=\"times\">{}</div>", axis(&scene));
    let about = "A sequence diagram: a lane for each client and one for the server, time downwards. \
                 The same is told in words in the trace below the diagram.";
    html += &diagram(&scene, &page.title, about);
    html += "</div>\n</main>\n<footer>\n<details>\n<summary>The same in words</summary>\n<pre>";
    html += &escape(&trace(chronicle));
    html += "</pre>\n</details>\n</footer>\n</body>\n</html>\n";
    html
}

fn verdict(html: &mut String, page: &Page<'_>) {
    let Some(breach) = page.breach else {
        if page.judged {
            *html += "<p class=\"verdict kept\"><b>Every promise was kept.</b></p>\n";
        }
        return;
    };
    let _ = writeln!(
        html,
        "<div class=\"verdict broken\" role=\"alert\"><p><b><a href=\"#broken\">Broken at {}</a>:</b> {}</p>\n\
         <p class=\"promise\">The promise <code>{}</code>: {}</p></div>",
        write_time(breach.at),
        escape(&breach.sentence),
        breach.promise.name(),
        breach.promise.sentence()
    );
}

fn counts(html: &mut String, chronicle: &Chronicle) {
    let (sent, lost) = Flights::of(chronicle).count();
    let count =
        |wanted: fn(&Moment) -> bool| chronicle.moments.iter().filter(|(_, moment)| wanted(moment)).count() as u64;
    let rows = count(|moment| matches!(moment, Moment::Fired(_)));
    let faults = count(|moment| matches!(moment, Moment::Fault { begins: true, .. }));
    let starts = count(|moment| matches!(moment, Moment::Started { .. }));
    let end = chronicle.moments.last().map_or(0, |(at, _)| *at);
    let begin = chronicle.moments.first().map_or(0, |(at, _)| *at);
    let mut counts = vec![
        counted(chronicle.names.len() as u64, "client"),
        format!("{} of virtual time", write_time(end - begin)),
        format!("{}, {lost} lost", counted(sent as u64, "message")),
        format!("{} of the table fired", counted(rows, "row")),
        counted(faults, "fault"),
    ];
    if starts > 1 {
        counts.push(format!("{starts} starts of the server"));
    }
    let _ = writeln!(html, "<ul class=\"counts\">{}</ul>", items(&counts));
}

fn items(items: &[String]) -> String {
    items.iter().map(|item| format!("<li>{}</li>", escape(item))).collect()
}

fn planned(html: &mut String, page: &Page<'_>) {
    if page.planned.is_empty() {
        return;
    }
    let open = if page.planned.len() <= 30 { " open" } else { "" };
    let lines = counted(page.planned.len() as u64, "line");
    let _ = writeln!(html, "<details{open}>\n<summary>What was planned: {lines}</summary>\n<ol class=\"plan\">");
    for line in &page.planned {
        let class = if line.contains(" * ") { " class=\"fault\"" } else { "" };
        let _ = writeln!(html, "<li{class}>{}</li>", escape(line));
    }
    *html += "</ol>\n</details>\n";
}

/// The names of the lanes, which stay in sight.
fn heading(html: &mut String, scene: &Scene) {
    *html += "<div class=\"lanes\" aria-hidden=\"true\">\n";
    for lane in &scene.lanes {
        let _ = writeln!(
            html,
            "<span style=\"left:{}px;width:{}px\">{}</span>",
            AXIS + lane.left,
            lane.width,
            escape(&lane.name)
        );
    }
    let middle = &scene.middle;
    let _ = writeln!(
        html,
        "<span class=\"server\" style=\"left:{}px;width:{}px\">server</span>\n</div>",
        AXIS + middle.left,
        middle.width
    );
}

const LEGEND: &str = include_str!("legend.html");
