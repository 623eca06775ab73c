"""What sentences promise, and the tests that play it: `test_sentences.py` holds both to be there."""

import re

PROMISE = re.compile(
    r"\b(undo|undone|never|next plan|new plan|by (it|them)sel(f|ves)|told by mail|(when|before) you publish|you see which)\b"
    r"|cannot be (taken|called|brought) back|Only HR sees|[Nn]obody (hears|gets)|You see (the mail|who|which|what)"
    r"|[Nn](obody|othing) (is|was) (told|asked|mailed|sent|saved|changed)"
)
"""What HR and employees act on: a sentence with one of these words stands in the table below."""
PLAYED = {
    "background/test_leaving.py::test_the_worker_ends_the_access_of_who_leaves_after_the_last_day": (
        "When the day is over, no link opens a page",
        "When their last day is over their links end; visits after it",
    ),
    "background/test_retries.py::test_one_bad_address_delays_its_own_letter_and_no_other": (
        "%(num)d mail waits because",
    ),
    "background/test_worker.py::test_a_solve_that_fails_five_times_hands_the_round_back": (
        "The search ended with an error.",
    ),
    "cli/test_cli.py::test_what_the_database_refuses_is_said_in_a_line_that_names_nobody": (
        "The database refused, and nothing was changed",
    ),
    "collecting/test_openings.py::test_nothing_is_offered_once_answers_are_closed": (
        "Seats of this round can no longer",
    ),
    "company/test_contracts.py::test_limits_are_lifted_once": ("From the next plan on,", "Lifted limits count"),
    "company/test_contracts.py::test_visits_that_would_not_be_allowed_are_told_first": (
        "Visits to come that this does not allow",
        "Those that are announced or kept by hand stay until you take them out",
    ),
    "company/test_departments.py::test_a_merge_tells_of_wishes_and_visits_within_the_new_department": (
        "%(num)d visit leads from one of the two",
    ),
    "company/test_departments.py::test_an_empty_department_is_deleted_and_those_below_move_up": ("Nobody and nothing",),
    "company/test_exclusions.py::test_letting_two_meet_again_asks_no_reason_and_is_on_record": (
        "Letting them meet takes",
        "The next plan may bring the two",
    ),
    "company/test_persons.py::test_mails_that_wait_go_to_the_new_address": ("Mails that wait go to a new address",),
    "company/test_persons.py::test_moving_to_a_department_that_one_visits_is_asked_once": (
        "%(department)s would be the own",
    ),
    "company/test_running.py::test_the_last_one_stays": ("Whoever it is taken from is signed out",),
    "company/test_sites.py::test_a_way_that_is_removed_counts_no_more_and_is_on_record": (
        "A way that is removed",
        "The two sites count as next door",
    ),
    "company/test_sites.py::test_two_visits_on_one_day_leave_time_for_the_way": (
        "Whoever visits two sites",
        "The way is saved.",
    ),
    "company/test_trail.py::test_whom_hr_keeps_apart_is_not_told_nor_found": (
        "Pairs that no new plan brings together.",
    ),
    "folders/test_folders_taken.py::test_a_blank_cell_keeps_what_is_known": ("An empty cell keeps what is known.",),
    "folders/test_folders_taken.py::test_a_published_round_is_not_changed_by_a_folder": (
        "The round “%(title)s” is past the stage",
    ),
    "mail/test_ical.py::test_a_cancellation_is_a_cancel_with_the_status_and_no_question": (
        "Your calendar takes the entry out by itself.",
    ),
    "mail/test_outbox.py::test_a_self_signed_certificate_is_refused": ("The mail server's certificate is not valid",),
    "mail/test_outbox.py::test_a_server_without_starttls_gets_neither_mail_nor_password": (
        "The mail server does not offer an encrypted connection",
    ),
    "mail/test_outbox.py::test_no_password_travels_in_the_clear": ("The password would travel unencrypted",),
    "mail/test_quiet.py::test_a_question_leaves_from_8_to_19_on_working_days": (
        "It waits for its reader’s working day",
    ),
    "mail/test_check_ups.py::test_a_check_up_that_nobody_ends_ends_by_itself_after_eight_hours": (
        "After eight hours it ends by itself.",
    ),
    "matching/test_gather.py::test_a_customers_no_is_heard": ("You can offer it before the customer has agreed.",),
    "matching/test_leaving.py::test_the_next_publish_clears_the_calendars_of_both_sides": (
        "Calendars are told when you publish these rounds again",
    ),
    "matching/test_leaving.py::test_what_it_causes_is_told_before_and_happens": ("You see which visits and links end",),
    "matching/test_leaving.py::test_who_comes_back_is_asked_and_offers_again_and_old_links_stay_dead": (
        "When they come back, their answers and openings count again.",
        "It can be undone on the page of this person",
    ),
    "matching/test_ledger.py::test_all_who_were_promised_sit_before_as_many_who_were_not": (
        "In your next round a visit for you",
    ),
    "matching/test_pausing.py::test_a_pause_ends_by_itself_or_by_a_button": (
        "It can be ended at any time on the page of this person",
        "Until then nobody asks or reminds them",
    ),
    "matching/test_pausing.py::test_nobody_is_placed_in_a_pause": (
        "Nobody asks or reminds them",
        "Nobody asks them and no plan",
    ),
    "matching/test_rules_of_departments.py::test_a_visit_that_stands_on_a_day_closed_later_stays_where_it_is": (
        "They hold for every plan that is made from now on.",
    ),
    "matching/test_rules_of_departments.py::test_as_many_stay_at_work_as_the_department_needs": (
        "What guests read about this",
    ),
    "matching/test_rules_of_departments.py::test_nobody_is_visited_in_a_department_on_its_closed_days": (
        "Nobody visits from it",
    ),
    "matching/test_solving.py::test_a_search_without_time_leaves_a_good_plan_and_its_reasons_as_they_are": (
        "Kept pairings stay as they are",
        "The last search found nothing better",
    ),
    "matching/test_solving.py::test_a_stop_before_there_is_a_plan_hands_the_round_back_and_blames_nobody": (
        "The search was stopped before there was a plan. Nothing was changed.",
    ),
    "matching/test_solving.py::test_pins_stay_when_it_is_solved_again_even_where_the_solver_knows_better": (
        "The guest has a new place. It is kept",
    ),
    "matching/test_trials.py::test_trying_changes_nothing": ("Nothing is changed by trying.",),
    "matching/test_undoing.py::test_a_plan_before_of_which_nothing_holds_is_refused": (
        "None of the visits of the plan before",
    ),
    "matching/test_undoing.py::test_what_is_not_possible_any_more_is_not_taken_back_and_the_way_on_is_said": (
        "This cannot be taken back any more",
    ),
    "matching/test_undoing.py::test_why_hr_took_somebody_out_stays_with_hr": (
        "For HR alone; the guest never reads it.",
    ),
    "rounds/test_attention.py::test_a_visit_that_is_off_is_an_alert_until_its_people_are_told": (
        "A visit that was planned for them does not take place",
    ),
    "rounds/test_cancellation.py::test_a_draft_is_deleted_with_all_that_is_in_it": (
        "Nobody has heard of this round, so",
    ),
    "rounds/test_cancellation.py::test_everybody_who_was_asked_or_hosts_is_told_why": (
        "These words stand in the mail to everybody",
    ),
    "rounds/test_cancellation.py::test_whom_the_question_never_reached_hears_nothing_at_all": (
        "Mails of this round that have not left",
    ),
    "rounds/test_closed_days.py::test_public_holidays_are_those_of_the_country_of_the_zone": (
        "Nobody is visited on public holidays",
    ),
    "rounds/test_day_by_day.py::test_a_round_does_not_end_before_a_visit_that_was_moved_beyond_its_last_day": (
        "The round ends by itself",
    ),
    "rounds/test_day_by_day.py::test_a_round_reminds_closes_and_ends_without_a_hand": (
        "Answers can be given and changed until the end",
    ),
    "rounds/test_day_by_day.py::test_reminders_move_with_the_deadline_and_answers_that_were_opened_again_close_again": (
        "They are also reminded by itself",
    ),
    "rounds/test_dropouts.py::test_a_host_who_is_ill_asks_for_a_repair_at_once": (
        "It is entered. Nobody is told yet",
        "Until that day they host and visit nothing",
    ),
    "rounds/test_dropouts.py::test_a_host_with_another_post_offers_nothing_more_and_guests_look_for_places": (
        "What they offer in this round alone",
    ),
    "rounds/test_dropouts.py::test_a_deputy_takes_the_visit_and_its_calendar_entries_go_on": (
        "The deputy is entered. The people of the visit",
    ),
    "rounds/test_repairs.py::test_a_proposal_that_is_looked_at_first_can_be_taken_back_on_the_board": (
        "The proposal stands in the plan.",
    ),
    "rounds/test_repairs.py::test_a_search_that_dies_is_said_and_can_be_repeated": (
        "The search for places ended with an error.",
    ),
    "rounds/test_repairs.py::test_nothing_is_told_and_nothing_stands_before_somebody_takes_a_proposal": (
        "See what it breaks, then press once",
    ),
    "rounds/test_repairs.py::test_within_limits_set_before_a_repair_needs_nobodys_press": (
        "Gave people other places by itself",
        "Set what a repair may do by itself",
        "What may happen by itself",
        "When a visit is lost, the proposal",
    ),
    "rounds/test_holding.py::test_a_pause_is_of_one_round_and_not_of_links_that_people_ask_for": (
        "Paused since %(time)s.",
    ),
    "rounds/test_holding.py::test_what_was_held_back_is_sent_by_one_press_and_once": (
        "Their mails are held back",
        "%(num)d mail was held back",
    ),
    "rounds/test_joiners.py::test_who_came_later_or_back_from_a_pause_is_asked_once": (
        "Only who has not been asked",
        "%(num)d person came, or came back,",
    ),
    "rounds/test_new_dates.py::test_other_words_of_a_round_are_no_other_days": ("Nobody was told other days",),
    "rounds/test_new_dates.py::test_whoever_was_told_other_days_is_told_the_new_ones_once": (
        "Only people who were told other days",
    ),
    "rounds/test_reminders.py::test_neither_who_has_answered_nor_who_offers_a_seat_is_reminded": (
        "Whoever offers a seat or was asked",
    ),
    "rounds/test_rounds.py::test_only_those_who_have_not_answered_are_reminded_and_not_twice_a_day": (
        "Only people without an answer",
    ),
    "rounds/test_timetable.py::test_reminders_come_on_working_days_and_never_within_a_day_of_the_question": (
        "Who has not answered is reminded",
    ),
    "rounds/test_whom.py::test_a_round_for_volunteers_begins_without_a_mail": ("Nobody is mailed: volunteers",),
    "rounds/test_whom.py::test_whom_to_ask_is_settled_once_people_were_asked": (
        "Nobody is asked by this.",
        "People have been asked already, so",
    ),
    "views/test_answers.py::test_a_mail_about_the_plan_is_promised_to_whoever_gets_one": (
        "Once the plan is published, you get a mail",
    ),
    "views/test_calendars.py::test_nothing_but_times_is_kept_of_a_file": (
        "When your calendar says that you are busy,",
    ),
    "views/test_auth.py::test_a_link_is_too_old_after_ten_minutes": ("A sign-in link works for 10 minutes",),
    "views/test_auth.py::test_a_post_from_another_website_is_refused": ("This was sent from another website",),
    "views/test_auth.py::test_a_post_without_the_form_token_is_refused": ("This page was open for too long",),
    "views/test_auth.py::test_a_session_ends_after_its_time": ("One press and you are signed in",),
    "views/test_auth.py::test_an_address_gets_five_links_an_hour": ("If a link belongs to this address",),
    "views/test_changes_of_mind.py::test_a_draft_is_deleted_by_a_button_that_tells_before": ("This cannot be undone.",),
    "views/test_changes_of_mind.py::test_answers_are_opened_from_the_review_and_closed_again": (
        "To undo it, close the answers again.",
        "Nobody gets a mail by this.",
        "Nobody gets a mail. You can open the answers again.",
    ),
    "views/test_changes_of_mind.py::test_making_pairings_early_asks_once_in_figures": (
        "Nobody is told before you publish.",
    ),
    "views/test_changes_of_mind.py::test_opening_the_answers_says_who_is_reminded_and_how_long_late_answers_count": (
        "Everybody who was asked can answer, change an answer and offer seats until the pairings",
    ),
    "views/test_changes_of_mind.py::test_where_nobody_was_mailed_no_mails_are_promised": (
        "Nobody has got a mail of this round yet, so nobody is told.",
    ),
    "views/test_changes_of_mind.py::test_visits_without_invitations_are_not_called_none": (
        "So nobody’s answer is known",
    ),
    "views/test_doctor.py::test_the_page_names_what_was_seen_what_is_not_known_and_what_is_well": (
        "A test invitation goes to a mailbox of yours,",
    ),
    "views/test_departments.py::test_a_merge_is_told_in_figures_and_then_done": (
        "Then “%(source)s” is no more",
        "All that belongs to “%(name)s”",
    ),
    "views/test_home.py::test_the_sample_company_says_so_to_everybody_as_long_as_it_mails_nothing": (
        "Sample company: nothing is mailed.",
    ),
    "views/test_home.py::test_who_cannot_come_is_the_next_thing_to_do": (
        "You see who it is and which seats are free.",
    ),
    "views/test_japanese.py::test_every_error_page_is_japanese": ("The browser sent something",),
    "views/test_joiners.py::test_one_person_who_was_left_out_is_asked_from_their_page": (
        "You see the mail before it goes",
    ),
    "views/test_letters.py::test_a_visit_in_the_old_calendar_leads_to_the_change_that_is_to_be_published": (
        "%(num)d visit stands in the calendar of the old",
    ),
    "views/test_letters.py::test_equal_mails_of_a_day_are_one_row_that_counts_what_became_of_them": (
        "held back %(held)s",
        "needed no more %(rest)s",
    ),
    "views/test_lists.py::test_an_import_is_undone_for_a_day": (
        "An import can be undone for a day, until the next one.",
        "It can be undone for a day, until the next import",
        "Only the last import can be undone",
        "The import is undone.",
        "This import is undone already.",
    ),
    "views/test_lists.py::test_checking_a_list_shows_what_is_new_and_saves_nothing": (
        "Nothing is saved yet: look at what the list would change, then import it.",
        "A CSV or Excel file is enough.",
        "Choose your list, as it comes",
    ),
    "views/test_long_lists.py::test_a_list_that_the_worker_cannot_take_in_changes_nothing_and_says_why": (
        "The list was not taken in",
    ),
    "views/test_mailings.py::test_of_a_paused_round_nobody_reads_when_the_next_mail_leaves": (
        "The mails of this round are paused",
        "The next one leaves on",
    ),
    "views/test_nothing_private.py::test_no_page_and_no_mail_tells_of_somebody_who_is_kept_apart": (
        "No new plan brings these people together",
        "No new plan brings the two together",
        "The two are kept apart from the next plan on.",
    ),
    "views/test_open_as.py::test_the_press_leads_to_their_answer_and_is_noted": (
        "You see their answer and their visits",
    ),
    "views/test_pairings.py::test_a_pairing_taken_out_does_not_come_back": (
        "The guest is not put back into this opening",
        "The pairing is taken out. It does not come back",
    ),
    "views/test_pairings.py::test_what_is_changed_after_publishing_is_told_by_publishing_the_change": (
        "Nobody hears of a change before you publish it.",
        "The guest has a new place. Its people are told",
        "The pairing is taken out. Its people are told",
    ),
    "views/test_persons.py::test_every_way_on_the_page_of_a_person_leads_somewhere_that_knows_them": (
        "What you save counts from now on",
    ),
    "views/test_round_answers.py::test_closing_the_answers_does_not_count_whom_they_are_open_for_alone": (
        "%(num)d person who was asked can then no longer",
    ),
    "views/test_round_answers.py::test_hr_types_in_an_answer_with_the_form_of_the_person_who_is_told_and_sees_by_whom": (
        "This is the form that %(name)s would fill in.",
    ),
    "views/test_round_answers.py::test_one_person_may_answer_after_the_deadline_and_nobody_else": (
        "%(name)s can answer until %(day)s and is told by mail.",
        "In “%(round)s” you can answer, or change your answer",
        "The person is told by mail. Openings are not concerned",
    ),
    "views/test_round_answers.py::test_the_guest_reads_nothing_of_a_refusal_and_hr_may_take_it_back": (
        "The next plan may bring these two",
    ),
    "views/test_round_answers.py::test_what_a_host_refuses_is_taken_out_once_hr_has_seen_it_and_no_plan_brings_it_back": (
        "No plan of this round then brings the two together.",
        "Nothing is changed yet. See which visits are taken out",
        "Take them out and never pair these two",
        "Never pair these two in this round",
    ),
    "views/test_round_answers.py::test_who_has_heard_that_hr_typed_in_hears_that_it_was_taken_back": (
        "What had been answered before stands",
    ),
    "views/test_round_folders.py::test_a_round_that_was_downloaded_can_be_given_back_and_changes_nothing": (
        "A round folder goes in as a whole or not at all.",
        "A whole round as one zip file",
        "Nothing is saved yet: look at what is in the file",
    ),
    "views/test_round_lists.py::test_checking_a_list_changes_nothing": (
        "Nothing is saved yet: look at what the list would change, then take it in.",
        "Choose the list as you have it.",
    ),
    "views/test_round_lists.py::test_openings_are_shown_with_their_questions_and_made": (
        "Nobody is told before the round is published.",
    ),
    "views/test_round_lists.py::test_what_a_list_would_do_is_shown_and_then_done": (
        "Nobody is told. Whoever is not on the list",
        "What is replaced cannot be brought back.",
    ),
    "views/test_round_openings.py::test_after_publishing_a_withdrawal_calls_visits_off_and_the_next_publish_tells_both": (
        "Their people are told by mail when you publish the change.",
        "The round is published. What you change here is told",
    ),
    "views/test_round_openings.py::test_an_opening_that_was_withdrawn_is_offered_again": (
        "Offered again, it can take guests",
    ),
    "views/test_round_openings.py::test_before_publishing_a_withdrawal_shows_whose_visit_it_takes_out_and_the_second_press_does_it": (  # noqa: E501
        "Where visits would be called off, you see which ones",
        "Nothing is changed yet. See what becomes of these visits",
    ),
    "views/test_rounds.py::test_nobody_is_told_to_offer_a_seat_once_the_answers_are_closed": (
        "Nobody offers a seat yet.",
    ),
    "views/test_rounds.py::test_publishing_twice_sends_nothing_twice": (
        "%(name)s published this round already",
        "This round was published already. Nothing was sent twice.",
    ),
    "views/test_rounds.py::test_the_mail_is_seen_before_it_is_sent": (
        "All is filled in already. Change what you like",
    ),
    "views/test_rounds.py::test_the_preview_shows_the_very_mails_and_changes_nothing": (
        "Look at the plan, change what you know better",
    ),
    "views/test_rounds.py::test_where_no_public_holidays_are_known_the_form_says_so": ("No public holidays are known",),
    "views/test_slots.py::test_a_visit_that_is_called_off_offers_neither_to_move_nor_to_call_it_off": (
        "Its guests have no visit then.",
        "The visit is called off. Its people are told",
    ),
    "views/test_slots.py::test_where_nobody_hears_of_a_visit_that_is_off_its_invitations_can_still_be_taken_back": (
        "%(num)d invitation to a visit that is off has not left yet.",
    ),
    "views/test_slots.py::test_what_speaks_against_a_time_is_asked_about_once_and_anew_for_another_time": (
        "Give this visit another time, or call it off",
        "The visit is moved. Its people are told",
    ),
    "views/test_unstorable.py::test_nul_in_any_field_is_refused_or_read_by_nobody": (
        "Please check what is marked below. Nothing was saved yet.",
    ),
    "views/test_unstorable.py::test_what_no_field_type_has_looked_at_is_refused_by_the_columns": (
        "This text cannot be saved",
    ),
    "views/test_unstorable.py::test_who_does_the_same_at_the_same_moment_reads_that_nothing_was_changed": (
        "The same was done at this very moment",
    ),
    "views/test_visits.py::test_the_title_of_a_ride_along_stays_hidden_until_the_customer_agrees": (
        "Until the customer has agreed, guests do not read",
        "Until they have, the guest does not read the title.",
    ),
    "views/test_ways_back.py::test_a_deed_that_breaks_off_changes_nothing_and_says_so": (
        "Something went wrong on our side.",
        "The service is busy right now.",
    ),
    "views/test_whom.py::test_where_nobody_is_mailed_no_mail_is_promised": ("Each mail carries a personal link.",),
    "visiting/test_offering.py::test_hr_offers_no_seat_on_the_day_before": (
        "The visit begins within a day, so nobody",
    ),
    "views/test_offers.py::test_a_machine_that_presses_takes_nothing": ("Nothing is changed yet. Please type the day",),
    "views/test_offers.py::test_the_mail_of_hrs_no_leads_to_the_other_times": (
        "The guest is told by mail, with the way to other times.",
    ),
    "visiting/test_briefs.py::test_hr_switches_them_off_and_what_waits_stays_at_home": (
        "In this round none goes by itself.",
        "No mail goes by itself any more.",
    ),
    "visiting/test_briefs.py::test_the_worker_plans_and_sends_them": (
        "Guest and host are written to by itself",
        "Around each visit more mails go by themselves",
        "They go by themselves once",
        "The mails go by themselves.",
        "Let them go by themselves",
        "Let the mails around visits go by themselves",
    ),
    "visiting/test_answers.py::test_a_guest_whose_seat_went_to_somebody_else_hears_so": (
        "Your seat has been given away meanwhile, so this cannot be taken back. Please ask",
    ),
    "visiting/test_answers_by_mail.py::test_an_answer_of_every_program_counts": ("What a person must read:",),
    "visiting/test_answers_by_mail.py::test_all_that_mails_make_go_out_is_what_confirms_a_no_to_the_address_on_record": (
        "Move the visit, or answer them yourself:",
    ),
    "visiting/test_answers_by_mail.py::test_somebody_else_in_their_place_is_a_no_and_a_name_for_hr": (
        "Their answer counts as a no.",
    ),
    "visiting/test_declining.py::test_what_hr_is_changing_at_the_visit_is_not_told_by_a_decline": (
        "The place is free. Guest and host are told when",
    ),
    "visiting/test_invitations.py::test_a_name_that_is_written_anew_is_no_news_for_a_calendar": (
        "A new name stands on all pages",
    ),
    "visiting/test_lost_days.py::test_a_snow_day_is_one_press_one_review_and_one_publish": (
        "The days are taken out. Nobody is told yet",
    ),
    "visiting/test_lost_days.py::test_once_people_are_told_a_lost_day_stays_lost": (
        "This cannot be taken back any more:",
    ),
    "visiting/test_resending.py::test_a_first_copy_that_may_have_arrived_is_not_forgotten": (
        "The first copy may have arrived",
    ),
    "visiting/test_ride_alongs.py::test_what_hr_has_not_told_of_a_visit_is_not_told_by_a_promise": (
        "Thank you. You are told by mail whom you visit.",
    ),
    "visiting/test_resending.py::test_a_mail_that_goes_again_is_the_same_bytes_with_all_its_tries": (
        "Send it again: the same mail goes",
    ),
}
"""A test, and the beginnings of the sentences that it plays. Whoever changes one looks at the other."""
NO_PROMISE = ("Departments that have never met", "Set whether guests take another place by themselves")
