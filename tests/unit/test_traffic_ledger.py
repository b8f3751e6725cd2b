"""What simulated people were told."""

from deploy.demo.traffic.ledger import Ledger


def test_what_was_refused_and_then_done_is_done() -> None:
    """The same command came too early and was given again under its key; another's refusal stays."""
    ledger = Ledger()
    ledger.enter("care", "care.BeginVisit", "li", "begin-1", 409, {"type": "urn:jiujin:problem:NotYet"})
    ledger.enter("care", "care.BeginVisit", "wang", "begin-1", 409, {"type": "urn:jiujin:problem:NotYet"})
    ledger.enter("care", "care.BeginVisit", "li", "begin-1", 200, {"position": "visit-1@2"})
    assert [one.sub for one in ledger.refused] == ["wang"]
    assert [one.sub for one in ledger.acknowledged] == ["li"]
    assert ledger.refusals == {"care.BeginVisit: NotYet": 2}
