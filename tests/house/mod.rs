//! The test house: a fresh database for one test, on SQLite or on PostgreSQL, gone when the test ends.
//!
//! A test file says `mod house;`, and writes each test that needs a database once, for both:
//!
//! ```ignore
//! on_both_databases! {
//!     /// A repeated order earns once.
//!     async fn a_repeated_order_earns_once(database: Database) {
//!         let store = database.open();
//!         ..
//!     }
//! }
//! ```
//!
//! which runs as `a_repeated_order_earns_once::sqlite` and `a_repeated_order_earns_once::postgres`.

mod database;

pub(crate) use database::Database;

/// Makes of each `async fn name(database: Database)` the tests `name::sqlite` and `name::postgres`.
macro_rules! on_both_databases {
    ($($(#[$doc:meta])* async fn $name:ident($database:ident: Database) $body:block)+) => {$(
        $(#[$doc])*
        async fn $name($database: $crate::house::Database) $body

        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$name($crate::house::Database::sqlite()).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                super::$name($crate::house::Database::postgres()).await;
            }
        }
    )+};
}
pub(crate) use on_both_databases;
