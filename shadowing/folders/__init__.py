"""A round folder in and out: the same round as CSV or xlsx files. `read` never writes; `take_in` and `take_in_people` do."""

from dataclasses import replace

from shadowing.errors import Remark, remark
from shadowing.folders import answers, company, offers, roundfile
from shadowing.folders.admins import make_admin
from shadowing.folders.people_in import PEOPLE_FILES, Preview, Taken, preview, take_in_people
from shadowing.folders.reading import ROUND, Reading, Source, files_of, table_name
from shadowing.folders.round_in import take_in
from shadowing.folders.rows import Folder
from shadowing.folders.sheets import whole_file
from shadowing.folders.writing import export
from shadowing.typed import Unfit

__all__ = (
    "PEOPLE_FILES",
    "Folder",
    "Preview",
    "Remark",
    "Taken",
    "export",
    "make_admin",
    "preview",
    "read",
    "take_in",
    "take_in_people",
)


def read(source: Source) -> Folder:
    """All rows that are sound, each checked against the others and against who is already known; the rest are errors."""
    files, calendars = files_of(source)
    reading = Reading()
    for file, data in files.items():
        if name := table_name(file):
            reading.open(name, file, data)
    if calendars:
        reading.warnings.append(remark("The folder calendars is not read. Give free times in availability.csv."))
    departments = company.read_departments(reading)
    people = company.read_people(reading)
    if not reading.people and "people" not in reading.sheets:
        reading.errors.append(whole_file("people.csv", Unfit("There is no people.csv, and nobody is known yet.")))
    folder = Folder(departments=departments, people=people, exclusions=answers.read_exclusions(reading))
    if ROUND in files:
        folder = _with_round(folder, reading, files[ROUND])
    errors = tuple(sorted(reading.errors, key=lambda error: (error.file, error.row)))
    return replace(folder, errors=errors, warnings=tuple(reading.warnings), encodings=tuple(reading.encodings))


def _with_round(folder: Folder, reading: Reading, data: bytes) -> Folder:
    round = roundfile.read_round(reading, data)
    guests = answers.read_guests(reading)
    return replace(
        folder,
        round=round,
        openings=offers.read_openings(reading, round),
        guests=guests,
        goals=answers.read_goals(reading, guests),
        availability=answers.read_availability(reading),
        history=answers.read_history(reading),
    )
