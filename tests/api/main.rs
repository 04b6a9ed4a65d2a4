//! The API through the front door: real HTTP, both databases, strict stand-ins behind it.

#[path = "../house/mod.rs"]
mod house;
#[path = "../house/shop.rs"]
mod shop;

mod access;
mod orders;
mod phones;
mod refusals;
