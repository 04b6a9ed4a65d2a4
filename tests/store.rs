//! The store on both databases: what it promises to the floors above.

mod house;

use billfold::store::{self, StoreError};
use house::on_both_databases;

on_both_databases! {
    /// A fresh database holds no programs.
    async fn a_fresh_database_is_empty(database: Database) {
        let store = database.open();
        let programs = store.read::<_, StoreError, _>(|db| store::programs::list(db, None, None, 10)).await;
        assert_eq!(programs, Ok(Vec::new()));
    }
}
