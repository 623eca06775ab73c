"""What the guests and hosts of the sample company wrote after the visits of its past rounds; all of our own invention."""

from datetime import timedelta
from itertools import count

from shadowing.extensions import db
from shadowing.models import Happened, Pairing, VisitOutcome
from shadowing.models.reflecting import HostAgain, HostThanks, Reflection, ShareLevel, Wall

WRITTEN = (
    (
        "見積もりのあとに届く質問を、その場で三つ書きとめました。",
        "隣で電話を聞けたので、言葉づかいまで分かりました。",
        "よく出る質問をまとめて、設計の打ち合わせで読み上げます。",
        "同じチームの三人",
    ),
    (
        "会議の数字が、どの順に決まるかを見ました。",
        "前日に用語の一覧を読んでおいたので、話についていけました。",
        "月末に先に知らせれば、手戻りが一つ減ります。",
        "月次の締めを受け持つ人",
    ),
    (
        "お客様の声の分け方を、いっしょに試しました。",
        "分からない言葉をすぐ聞ける雰囲気がありました。",
        "分け方の表を、自分の部署でも使います。",
        "部署の全員",
    ),
)
LINES = ("来ていただき、こちらも説明し直すよい機会になりました。", "鋭い質問をありがとうございました。")
SHARES = (ShareLevel.ALL, ShareLevel.HOST, ShareLevel.ALL, ShareLevel.BOSS)
SILENT_EVERY = 3  # one guest in so many wrote nothing


def write(pairing: Pairing, numbers: "count[int]") -> None:
    """What became of one held visit; nothing is drawn by lot, so the rest of the company stays as it is."""
    number, at = next(numbers), pairing.slot.ends_at + timedelta(days=1)
    guest, host = pairing.guest.person, pairing.slot.opening.hosts[0].person
    db.session.add(VisitOutcome(pairing=pairing, person=guest, said=Happened.HELD, at=at))
    if number % SILENT_EVERY == SILENT_EVERY - 1:
        return
    tried, worked, back, whom = WRITTEN[number % len(WRITTEN)]
    texts = {"tried": tried, "why_it_worked": worked, "brings_back": back, "for_whom": whom}
    walls = [list(Wall)[number % len(Wall)].value]
    share = SHARES[number % len(SHARES)]
    db.session.add(Reflection(pairing=pairing, person=guest, walls=walls, share=share, sent_at=at, **texts))
    line = LINES[number % len(LINES)]
    db.session.add(HostThanks(pairing=pairing, person=host, line=line, again=HostAgain.YES, at=at))
