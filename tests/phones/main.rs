//! The model phones: that they are as strict as real ones, and say what they dislike.
#![cfg(test)]

#[path = "../apple_package/mod.rs"]
mod apple_package;
mod breaches;
mod issuer;
mod notices;
mod refusals;
mod updates;
