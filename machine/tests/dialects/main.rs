//! What clients of five courses send and read, byte for byte, at a server without a network.

mod colon;
mod command;
mod flags;
mod house;
mod plain;
mod together;
