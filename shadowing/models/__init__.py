"""All tables, a file for each room. Workflow lives in the room of the noun; a table knows what one of its rows is."""

from shadowing.models.background import Job, JobKind, JobState
from shadowing.models.base import EAST_ASIAN, Base, Moment, Work
from shadowing.models.collecting import Availability, Consent, Goal, Guest, Host, Opening, OpeningKind, Slot
from shadowing.models.company import Attempt, Department, Exclusion, Person, SignIn, SignInKey
from shadowing.models.mail import Letter, LetterKind, LetterState
from shadowing.models.matching import Forbid, Pairing, PairingStatus, PastPairing, Solve
from shadowing.models.reflecting import Reflection, Wall
from shadowing.models.rounds import Audit, Round, Rsvp, Stage
from shadowing.models.visiting import Answer, Invitation, Role

__all__ = [
    "EAST_ASIAN",
    "Answer",
    "Attempt",
    "Audit",
    "Availability",
    "Base",
    "Consent",
    "Department",
    "Exclusion",
    "Forbid",
    "Goal",
    "Guest",
    "Host",
    "Invitation",
    "Job",
    "JobKind",
    "JobState",
    "Letter",
    "LetterKind",
    "LetterState",
    "Moment",
    "Opening",
    "OpeningKind",
    "Pairing",
    "PairingStatus",
    "PastPairing",
    "Person",
    "Reflection",
    "Role",
    "Round",
    "Rsvp",
    "SignIn",
    "SignInKey",
    "Slot",
    "Solve",
    "Stage",
    "Wall",
    "Work",
]
