"""The lists of HR systems that stand beside the project: what each must be understood as, read from its `expected.json`."""

import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

LISTS = Path(__file__).parents[3] / "shared" / "hr-lists"
NO_SOURCES = re.compile(r'"sources": \[.*?\n \],', re.DOTALL)  # free text for people; it is not always JSON


@dataclass(frozen=True, slots=True)
class Expected:
    name: str
    data: bytes
    said: dict[str, Any]

    @property
    def file(self) -> str:
        return str(self.said["file"])

    @property
    def today(self) -> date:
        return date.fromisoformat(self.said.get("as_of", "2026-11-25"))

    @property
    def asks(self) -> bool:
        return bool(self.said["outcome"] == "question")

    @property
    def refused_rows(self) -> set[int]:
        return {row["row"] for row in self.said.get("refused", ())}


def all_of(kind: str) -> list[Expected]:
    """Those whose `input` is *kind*; none where the folder is not on this machine."""
    found = []
    for path in sorted(LISTS.glob("*/expected.json")):
        said = json.loads(NO_SOURCES.sub("", path.read_text("utf-8")), strict=False)
        if said["input"] == kind:
            found.append(Expected(path.parent.name, (path.parent / said["file"]).read_bytes(), said))
    return found
