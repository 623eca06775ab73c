"""Reports of mail servers about mails of ours (RFC 3464): which mail, to whom, and whether it is lost or only late."""

from email.message import Message

from shadowing.mail import ical
from shadowing.mail.received import Returned
from shadowing.mail.replies import address

DIAGNOSIS_MOST = 500
IDS_MOST = 20
FAILED, DELAYED = "failed", "delayed"


def report_type(mail: Message) -> str:
    """`delivery-status`, `disposition-notification` or another; empty where *mail* is no report."""
    if mail.get_content_type() != "multipart/report":
        return ""
    named = str(mail.get_param("report-type", "") or "").lower()
    held = [part.get_content_type() for part in _parts(mail)]
    for kind in ("delivery-status", "disposition-notification"):
        if named == kind or f"message/{kind}" in held or f"message/global-{kind}" in held:
            return kind
    return named


def read(mail: Message) -> Returned | None:
    """None where it tells nothing that concerns us: what was delivered, relayed or expanded."""
    told = [block for part in _parts(mail) if _is_status(part) for block in _blocks(part)]
    actions = {str(block.get("Action", "")).strip().lower() for block in told}
    failed = FAILED in actions
    if not failed and DELAYED not in actions:
        return None
    wanted = FAILED if failed else DELAYED
    mine = [block for block in told if str(block.get("Action", "")).strip().lower() == wanted]
    recipients = [_recipient(block, name) for block in mine for name in ("Original-Recipient", "Final-Recipient")]
    said = [str(block.get("Diagnostic-Code", "") or block.get("Status", "")) for block in mine]
    return Returned(
        message_ids=tuple(_message_ids(mail)[:IDS_MOST]),
        recipients=tuple(dict.fromkeys(one for one in recipients if one))[:IDS_MOST],
        failed=failed,
        diagnosis=ical.one_line(" ".join(said))[:DIAGNOSIS_MOST],
    )


def _parts(mail: Message) -> list[Message]:
    held = mail.get_payload()
    return [part for part in held if isinstance(part, Message)] if isinstance(held, list) else []


def _is_status(part: Message) -> bool:
    return part.get_content_type() in ("message/delivery-status", "message/global-delivery-status")


def _blocks(part: Message) -> list[Message]:
    """One for the whole message and one for each recipient."""
    return _parts(part)


def _recipient(block: Message, name: str) -> str:
    return address(str(block.get(name, "")).rpartition(";")[2])


def _message_ids(mail: Message) -> list[str]:
    """Those of the returned mail, or of its header."""
    found = []
    for part in _parts(mail):
        kind = part.get_content_type()
        if kind in ("message/rfc822", "message/global", "message/rfc822-headers"):
            found += [str(held.get("Message-ID", "")).strip() for held in _parts(part)]
        elif kind in ("text/rfc822-headers", "message/global-headers"):
            content = part.get_payload(decode=True)
            lines = content.decode("latin-1").splitlines() if isinstance(content, bytes) else []
            found += [line.partition(":")[2].strip() for line in lines if line.lower().startswith("message-id:")]
    return [id.strip("<>") for id in found if id]
