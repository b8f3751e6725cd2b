"""What a consumer takes in waits for the disk where its carrier doesn't go back after a crash."""

import pytest

from shared.eventstore.statement import arguments_of
from shared.eventstore.values import Intake, Written


@pytest.mark.parametrize("durable", [True, False])
def test_only_what_comes_again_may_be_lost(durable: bool) -> None:  # noqa: FBT001  a case
    """The statement's last argument lets it go on before the disk has it."""
    intake = Intake("care", {}, {"request-1": 1}, ["k"], durable=durable)
    assert arguments_of([], Written(), {}, None, intake, None)[-1] is not durable
