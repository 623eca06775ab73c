"""What an employee's phone loads for the answer page of the sample company, with all that belongs to it."""

import re
from datetime import UTC, datetime

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shadowing.cli import demo
from shadowing.models import BusyCalendar, Guest
from tests.views.test_answers import my

KB = 1024
MOST = 60


def test_the_answer_page_weighs_no_more_than_a_slow_line_carries(client: FlaskClient, session: Session) -> None:
    """With two calendars handed over; raw, since not every company packs."""
    now = datetime.now(UTC)
    round = demo.company(now)
    answered = select(Guest).where(Guest.round_id == round.id, Guest.answered_at.is_not(None)).order_by(Guest.id)
    guest = session.scalars(answered.limit(1)).one()
    session.add_all(BusyCalendar(round=round, person=guest.person, asked_at=now, spans=()) for _ in range(2))
    session.commit()

    page = client.get(my(guest.person, round))

    parts = set(re.findall(rb'(?:href|src)="(/static/[^"]+)"', page.data))
    assert len(parts) == 5
    weight = len(page.data)
    for part in parts:
        with client.get(part.decode()) as answer:
            weight += len(answer.data)
    print(f"answer page, raw: {weight / KB:.1f} KB")
    assert weight <= MOST * KB
