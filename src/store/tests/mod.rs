//! What a store does, in sentences that are true of both databases, and what each of the two does when it cannot.

mod drift;
mod journal;
mod lease;
mod ledger;
mod postgres;
mod run;
mod server;
mod sqlite;
mod tampering;
mod world;

/// Makes a test of each sentence for each database.
macro_rules! in_both {
    ($($file:ident: $($sentence:ident)+;)+) => {
        mod in_sqlite {
            $($(
                #[test]
                fn $sentence() {
                    super::world::in_sqlite(super::$file::$sentence);
                }
            )+)+
        }

        mod in_postgres {
            $($(
                #[test]
                fn $sentence() {
                    super::world::in_postgres(super::$file::$sentence);
                }
            )+)+
        }
    };
}

in_both! {
    ledger:
        a_store_is_not_there_before_it_is_opened_to_be_written
        a_store_that_was_just_made_is_empty
        an_entry_is_read_as_it_was_put
        entries_come_in_the_order_of_their_addresses
        an_entry_that_is_put_again_is_replaced
        a_renamed_entry_keeps_all_but_its_address
        a_renamed_entry_takes_the_place_of_another
        renaming_and_removing_nothing_does_nothing
        a_removed_entry_is_gone
        all_entries_are_replaced_at_once
        workspaces_of_one_store_do_not_see_each_other
        a_store_that_was_opened_to_be_read_cannot_be_written
        what_was_begun_and_not_committed_never_was;
    run:
        a_run_is_known_with_its_beginning_and_its_end
        the_latest_run_comes_first
        the_beginning_and_the_end_of_a_run_are_lines
        a_saved_plan_is_claimed_once;
    journal:
        each_line_holds_the_hash_of_the_one_before
        a_line_is_read_as_it_was_written
        long_journals_are_read_and_verified_page_by_page
        the_lines_of_one_run_are_told_apart
        an_intent_without_a_result_is_unsettled
        an_intent_is_settled_once
        a_result_and_its_changes_of_the_ledger_are_written_together
        two_stores_keep_one_chain
        the_head_is_the_last_line;
    tampering:
        an_edited_line_is_found
        a_missing_line_is_found
        missing_last_lines_are_found
        a_journal_that_was_emptied_is_found
        an_extra_line_is_found
        lines_that_changed_places_are_found
        a_line_that_was_written_again_with_its_hash_is_found
        a_last_line_that_was_written_again_with_its_hash_is_found
        only_the_first_hundred_faults_are_told;
    lease:
        the_lease_is_held_by_one
        of_sixteen_who_ask_at_once_one_gets_it
        a_lease_that_ran_out_is_taken_over
        a_lease_that_was_taken_over_is_good_for_nothing
        a_renewed_lease_lasts_longer
        a_lease_that_ran_out_can_be_renewed_while_nobody_took_over
        a_released_lease_is_free_and_good_for_nothing
        each_lease_has_a_higher_epoch
        only_the_lease_that_is_named_is_unlocked
        an_unlocked_lease_is_good_for_nothing
        unlocking_writes_a_line;
    drift:
        a_difference_is_known_since_it_was_first_seen
        a_difference_that_went_away_counts_from_anew
        a_look_at_a_part_forgets_nothing_of_the_rest;
}
