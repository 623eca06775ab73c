"""Signed links. A token is a pure function of what it opens, so a mail that is sent again carries the same one;
the database keeps none of them."""

from typing import Any

from itsdangerous import BadData, URLSafeSerializer


def sign(secret: str, purpose: str, *what: int) -> str:
    """A token that opens *what* (ids and versions) for *purpose*, such as `personal` or `sign_in`."""
    return str(URLSafeSerializer(secret, salt=f"shadowing.{purpose}").dumps(what))


def read(secret: str, purpose: str, token: str) -> tuple[int, ...] | None:
    """What a token opens; None for one that is forged or of another purpose."""
    try:
        what: Any = URLSafeSerializer(secret, salt=f"shadowing.{purpose}").loads(token)
    except BadData:
        return None
    return tuple(int(part) for part in what)


def dead(token: str) -> str:
    """*token* without what makes it work, and as long as before: what is shown to HR differs from the mail in nothing else."""
    what, dot, signature = token.rpartition(".")
    return f"{what}{dot}{'x' * len(signature)}"
