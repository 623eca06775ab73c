"""What every mail names."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The page that a mail leads to. Its token is made from *what* (ids and versions) while the mail is written. A `page` has none:
    whoever opens it signs in."""

    purpose: Literal["sign_in", "personal", "page"]
    what: tuple[int, ...]
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coordinator:
    """Who answers questions about a round."""

    name: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Where somebody on the other side of a visit is reached. Only mails name it: calendars are shared with colleagues."""

    name: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What every mail names: its reader, their page, and the round it belongs to, if it belongs to one."""

    reader: str
    link: Link
    round: str = ""
    coordinator: Coordinator | None = None
