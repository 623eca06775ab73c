"""A small round folder in which everything is sound, for tests to spoil."""

PEOPLE = """\
person_id,display_name,email,department_id,manager_id
A1,Ann,ann@example.org,sales,
B2,Bob,bob@example.org,market,A1
C3,Chie,chie@example.org,market,B2
"""
DEPARTMENTS = "department_id,name\nsales,営業部\nmarket,総務部\n"
OPENINGS = """\
opening_id,host_ids,department_id,kind,title,starts_at,weekday,local_time,tz,rrule,first_on,duration_min,seats
desk,B2,market,desk,Desk,flexible,,,,,,120,1
weekly,B2;C3,market,meeting,Weekly,,TU,10:00,Asia/Tokyo,FREQ=WEEKLY,,60,2
once,C3,market,ride_along,Visit,2027-01-20T13:00+09:00,,,,,,180,1
"""
ROUND = 'title = "Winter"\nfrom = 2027-01-18\nto = 2027-02-12\nzone = "Asia/Tokyo"\n'
GUESTS = "person_id,visits,note\nA1,2,mornings\n"
GOALS = "person_id,rank,department_id,topic,text\nA1,1,market,,how they plan\nA1,2,,prices,\n"
FREE = """\
person_id,starts_at,ends_at,level
A1,2027-01-19T09:00+09:00,2027-01-19T12:00+09:00,yes
B2,2027-01-19T13:00+09:00,2027-01-19T17:00+09:00,maybe
"""
HISTORY = "round,guest_id,host_ids,department_id\n2025,A1,B2;C3,market\n2026,C3,A1,sales\n"
EXCLUSIONS = "person_id,other_id\nC3,A1\n"


def files(**changed: str | None) -> dict[str, bytes]:
    """A sound folder of every file, but for what a test changes or (None) leaves out."""
    whole: dict[str, str | None] = {
        "people": PEOPLE,
        "departments": DEPARTMENTS,
        "openings": OPENINGS,
        "guests": GUESTS,
        "goals": GOALS,
        "availability": FREE,
        "history": HISTORY,
        "exclusions": EXCLUSIONS,
        "round": ROUND,
    }
    names = {name: "round.toml" if name == "round" else f"{name}.csv" for name in whole}
    return {names[name]: text.encode() for name, text in (whole | changed).items() if text is not None}


def only_people(people: str, departments: str | None = DEPARTMENTS) -> dict[str, bytes]:
    both = {"people.csv": people.encode()}
    return both | ({"departments.csv": departments.encode()} if departments else {})
