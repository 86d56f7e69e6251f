//! The test vectors that the client libraries of all languages share.

use serde_json::Value;

/// The entries of one list of `clients/conformance/vectors.json`.
pub(crate) fn vectors(list: &str) -> Vec<Value> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../conformance/vectors.json");
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{file}: {error}"));
    let all: Value = serde_json::from_str(&text).unwrap();
    all[list].as_array().unwrap_or_else(|| panic!("{file} has no list {list}")).clone()
}
