//! Facts about points, one test each.
