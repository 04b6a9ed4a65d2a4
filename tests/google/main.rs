//! Google Wallet, both ends: our client and verifier against the stand-in, over TLS on loopback.

#[cfg(test)]
mod callbacks;
#[cfg(test)]
mod design;
#[cfg(test)]
mod errors;
#[cfg(test)]
mod forge;
#[cfg(test)]
mod house;
#[cfg(test)]
#[path = "../house/keys.rs"]
mod keys;
#[cfg(test)]
mod links;
#[cfg(test)]
mod look;
#[cfg(test)]
mod receiver;
#[cfg(test)]
mod root_keys;
#[cfg(test)]
mod rotating;
#[cfg(test)]
mod strictness;
#[cfg(test)]
mod tokens;
#[cfg(test)]
mod writes;
