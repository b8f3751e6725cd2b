"""How urgent a request looks: by what was said, by hardships, by the service; never less than is usual."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.urging import RESCUE_SIGNS, URGENT_SIGNS, suggest
from shared.contracts.values import Flag, Urgency

ORDER = list(Urgency)


@pytest.mark.parametrize(
    ("said", "service", "usual", "flags", "urgency"),
    [
        ("想买点菜", "shopping", Urgency.ROUTINE, [], Urgency.ROUTINE),
        ("厨房漏水", "repair", Urgency.ROUTINE, [], Urgency.URGENT),
        ("老人摔倒了", "visit", Urgency.ROUTINE, [], Urgency.RESCUE),
        ("She FELL in the bath", "visit", Urgency.ROUTINE, [], Urgency.RESCUE),
        ("送饭", "meals", Urgency.ROUTINE, [Flag.BEDRIDDEN], Urgency.URGENT),
        ("送饭", "meals", Urgency.ROUTINE, [Flag.LIVING_ALONE], Urgency.ROUTINE),
        ("擦窗", "cleaning", Urgency.ROUTINE, [Flag.BEDRIDDEN], Urgency.ROUTINE),
        ("", "rescue", Urgency.RESCUE, [], Urgency.RESCUE),
        ("换药", "home_sickbed", Urgency.URGENT, [], Urgency.URGENT),
        ("来上课", "study", Urgency.SCHEDULED, [], Urgency.SCHEDULED),
        ("", "", None, [], Urgency.ROUTINE),
    ],
)
def test_what_speaks_for_an_urgency(
    said: str, service: str, usual: Urgency | None, flags: list[Flag], urgency: Urgency
) -> None:
    """Each for itself."""
    assert suggest(said, service, usual, flags).urgency is urgency


def test_the_reasons_are_told() -> None:
    """The words as they were found, and the hardships that make it worse."""
    found = suggest("水管漏水,家里停电", "repair", Urgency.ROUTINE, [Flag.LIVING_ALONE])
    assert (found.signs, found.flags) == (("漏水", "停电"), (Flag.LIVING_ALONE,))
    assert suggest("", "meals", Urgency.ROUTINE, [Flag.NO_SELF_CARE]).flags == (Flag.NO_SELF_CARE,)


@given(
    st.text(max_size=40),
    st.sampled_from((*RESCUE_SIGNS, *URGENT_SIGNS)),
    st.sampled_from([None, *Urgency]),
    st.lists(st.sampled_from(Flag)),
)
def test_more_said_is_never_less_urgent(
    said: str, sign: str, usual: Urgency | None, flags: list[Flag]
) -> None:
    """Another sign or a hardship only ever raises it."""
    before = suggest(said, "meals", usual, [])
    after = suggest(f"{said} {sign}", "meals", usual, flags)
    assert ORDER.index(after.urgency) <= ORDER.index(before.urgency)
