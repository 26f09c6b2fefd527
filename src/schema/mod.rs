//! JSON Schemas (being written).
