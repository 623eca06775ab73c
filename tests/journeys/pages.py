"""Every page of the product: its name among the screenshots, and where it is found in the company of `site.py`."""

DESK = {
    "home": "/",
    "audit": "/audit",
    # people and what is known of them
    "people": "/people",
    "person": "/people/{person}",
    "person-new": "/people/new",
    "person-edit": "/people/{person}/edit",
    "person-addresses": "/people/{person}/addresses",
    "person-leave": "/people/{person}/leave",
    "person-away": "/people/{person}/away",
    "as-seen-answer": "/people/{person}/as-seen/{collecting}",
    "as-seen-visits": "/people/{person}/as-seen/{collecting}/visits",
    "import": "/people/import",
    "import-follow": "/people/import/{handed}",
    "running": "/people/running-rounds",
    "departments": "/departments",
    "department-new": "/departments/new",
    "department-edit": "/departments/{department}/edit",
    "department-merge": "/departments/{department}/merge?into={other}",
    "exclusions": "/exclusions",
    "contracts": "/contracts",
    "sites": "/sites",
    # a round that begins
    "round-new": "/rounds/new",
    "round-folder": "/rounds/folder",
    "round-draft": "/rounds/{draft}",
    "whom": "/rounds/{draft}/whom",
    "ask": "/rounds/{draft}/ask",
    # answers and openings
    "collect": "/rounds/{collecting}/collect",
    "collect-volunteers": "/rounds/{volunteers}/collect",
    "answers": "/rounds/{collecting}/answers",
    "answer-read": "/guests/{guest}/answer",
    "answer-whose": "/rounds/{collecting}/answers/type-in",
    "type-in": "/rounds/{collecting}/answers/type-in?person={person}",
    "round-openings": "/rounds/{reviewing}/openings",
    "opening": "/openings/{opening}",
    "opening-edit": "/openings/{opening}/edit",
    "opening-whose": "/rounds/{reviewing}/openings/new",
    "opening-new": "/rounds/{reviewing}/openings/new?host={person}",
    "list-of-times": "/rounds/{collecting}/list",
    "nudge": "/rounds/{collecting}/nudge",
    "early": "/rounds/{collecting}/solve/early",
    "edit": "/rounds/{collecting}/edit",
    "tell": "/rounds/{collecting}/tell",
    "joiners": "/rounds/{collecting}/joiners",
    "briefs": "/rounds/{published}/briefs",
    "mailings": "/rounds/{collecting}/mailings",
    "cancel": "/rounds/{collecting}/cancel?why=Sorry",
    # the plan
    "round": "/rounds/{reviewing}",
    "progress": "/rounds/{reviewing}/solve",
    "board": "/rounds/{reviewing}/pairings",
    "unmatched": "/rounds/{reviewing}/unmatched",
    "alternatives": "/guests/{guest}/alternatives",
    "trial": "/guests/{guest}/trial",
    "reopen": "/rounds/{reviewing}/reopen",
    "publish": "/rounds/{reviewing}/publish",
    "files": "/rounds/{reviewing}/files",
    # what was published
    "round-published": "/rounds/{published}",
    "run": "/rounds/{published}/run",
    "waiting": "/rounds/{published}/waiting",
    "slot": "/slots/{slot}",
    "repair": "/rounds/{published}/repair",
    "drop-outs": "/rounds/{published}/drop-outs",
    "publish-again": "/rounds/{published}/publish",
    "letters": "/letters",
    "received": "/received",
    "received-mail": "/received/{received}",
    "doctor": "/doctor",
    "check-up": "/doctor/{check_up}",
    "letters-found": "/letters?state=ready",
    "letter": "/letters/{letter}",
}
"""For somebody of HR."""

EVERYBODY = {
    "answer": "/my/{link}",
    "thanks": "/my/{link}/thanks",
    "openings": "/my/{host_link}/openings",
    "my-opening-new": "/my/{host_link}/openings/new?kind=meeting",
    "my-opening-edit": "/my/{host_link}/openings/{opening}/edit",
    "my-opening-dates": "/my/{host_link}/openings/{opening}/dates",
    "visits": "/my/{visitor_link}/visits",
    "offers": "/my/{visitor_link}/offers",
    "other-places": "/my/{visitor_link}/visits/{visit}/instead",
    "visit-decline": "/my/{visitor_link}/visits/{visit}/decline",
    "visit-another-time": "/my/{visitor_link}/visits/{visit}/another-time",
    "visit-undo": "/my/{visitor_link}/visits/{visit}/undo",
    "visit-of-a-calendar": "/visits/nothing-is-said",
    "join": "/join/{join}",
    "joined": "/join/{join}/sent",
    "sign-in": "/sign-in",
    "sign-in-sent": "/sign-in/sent",
    "sign-in-link": "/sign-in/{key}",
}
"""For whoever has the link."""

REFUSALS = {"not-found": ("/no-such-page", 404), "expired": ("/my/expired", 410)}
"""Where nothing is found, with what a browser is told."""

NO_PAGES = {
    # files
    "home.healthz",
    "letters.download",
    "received.download",
    "lists.template",
    "round_folders.download",
    "static",
    "takeaway.download",
    "takeaway.people",
    "trail.download",
    "visits.calendar",
    # mails, which are looked at where mails are (tests/mail/test_looks.py)
    "letters.html",
    "previews.html",
    # leads to another page, always
    "open_as.elsewhere",
}
"""What answers a GET without a page of its own."""
