//! Shows what happened to a person: traces in columns and sequence diagrams.

pub mod words;
