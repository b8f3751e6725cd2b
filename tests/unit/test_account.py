"""Accounts, and how guessing is slowed down."""

from uuid import UUID

import pytest
from pydantic import SecretStr, ValidationError

from services.identity.domain.account import (
    ACCOUNT,
    ChangeGrants,
    DisableAccount,
    EnableAccount,
    KeepPassword,
    LoginTakenError,
    OpenAccount,
    OwnAccountError,
    SameRoleTwiceError,
    SignOutEverywhere,
    UnboundGrantError,
    account_id,
)
from services.identity.slowing import LOGIN_MOST, PAIR_MOST, Slowing
from shared.bus.envelope import Actor
from shared.contracts.identity import (
    AccountDisabled,
    AccountEnabled,
    AccountOpened,
    Grant,
    GrantsChanged,
    PasswordSet,
    SignedOutEverywhere,
)
from shared.roles import Role
from tests.unit.given import given

LI = account_id("li.na")
OPERATOR = (Grant(role=Role.OPERATOR, communities=None),)
OPENED = AccountOpened(account=LI, login="li.na", grants=OPERATOR, name="李娜")


def opening(*grants: Grant) -> OpenAccount:
    """The command with these grants."""
    return OpenAccount(login="Li.Na", name="李娜", grants=grants, password=SecretStr("a long enough one"))


def test_a_login_is_compared_without_case() -> None:
    """One login is one account, whatever its case."""
    assert opening(*OPERATOR).login == "li.na"
    assert account_id("Li.Na") == LI


def test_an_account_is_opened_once() -> None:
    """The second opening with the same login is refused."""
    given(ACCOUNT).when(opening(*OPERATOR)).then(AccountOpened)
    given(ACCOUNT, OPENED).when(opening(*OPERATOR)).refused(LoginTakenError)


def test_a_role_is_granted_once() -> None:
    """Two grants of one role would leave open which one a token has."""
    given(ACCOUNT).when(opening(*OPERATOR, *OPERATOR)).refused(SameRoleTwiceError)


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.FAMILY, Role.UNIT_LIAISON])
def test_a_role_that_reaches_its_own_is_bound(role: Role) -> None:
    """Without a helper, a cadre or a unit there is no own thing."""
    given(ACCOUNT).when(opening(Grant(role=role))).refused(UnboundGrantError)


def test_the_same_grants_again_change_nothing() -> None:
    """No event without a change."""
    given(ACCOUNT, OPENED).when(ChangeGrants(grants=OPERATOR)).then()
    auditor = (Grant(role=Role.AUDITOR, communities=None),)
    given(ACCOUNT, OPENED).when(ChangeGrants(grants=auditor)).then(GrantsChanged(account=LI, grants=auditor))


def test_disabled_and_enabled() -> None:
    """Each only from the other; a repetition changes nothing."""
    off = AccountDisabled(account=LI, reason="left")
    given(ACCOUNT, OPENED).when(DisableAccount(reason="left")).then(off)
    given(ACCOUNT, OPENED, off).when(DisableAccount(reason="left")).then()
    given(ACCOUNT, OPENED, off).when(EnableAccount()).then(AccountEnabled)
    given(ACCOUNT, OPENED).when(EnableAccount()).then()


def test_nobody_disables_their_own_account() -> None:
    """The last administrator can't shut the door from inside."""
    given(ACCOUNT, OPENED).when(DisableAccount(reason="tired"), by=Actor(str(LI), "admin")).refused(
        OwnAccountError
    )


def test_what_ends_sessions_begins_a_new_era() -> None:
    """A new password, signing out everywhere, being disabled."""
    ends = [
        PasswordSet(account=LI, hash="h"),
        SignedOutEverywhere(account=LI),
        AccountDisabled(account=LI, reason="x"),
    ]
    account = ACCOUNT.fold([OPENED, *ends])
    assert account is not None
    assert account.facts.era == len(ends)
    given(ACCOUNT, OPENED).when(SignOutEverywhere()).then(SignedOutEverywhere(account=LI))


def test_an_account_knows_its_version() -> None:
    """Whatever the event is: tokens say by it when they were issued."""
    past = [
        OPENED,
        PasswordSet(account=LI, hash="x"),
        GrantsChanged(account=LI, grants=OPERATOR),
        AccountDisabled(account=LI),
        AccountEnabled(account=LI),
        SignedOutEverywhere(account=LI),
    ]
    versions = [account.facts.version for n in range(1, 7) if (account := ACCOUNT.fold(past[:n]))]
    assert versions == [1, 2, 3, 4, 5, 6]


def test_a_password_leaves_no_trace_in_a_command() -> None:
    """The dump that is hashed and kept has asterisks."""
    assert "long enough" not in opening(*OPERATOR).model_dump_json()
    assert "h" * 30 not in repr(KeepPassword(hash=SecretStr("h" * 30)))
    with pytest.raises(ValidationError):
        OpenAccount(login="li", name="x", grants=OPERATOR, password=SecretStr("short"))


class Now:
    """A clock in the test's hand."""

    seconds = 1000.0

    def __call__(self) -> float:
        """The time."""
        return self.seconds


def test_guesses_from_one_source_queue_up() -> None:
    """Many at once gain nothing, and in the end this source is told to come again for this login only."""
    slowing = Slowing(Now())
    for _ in range(12):
        slowing.failed("li.na", "1.1.1.1")
    waits = [slowing.wait_for("li.na", "1.1.1.1") for _ in range(6)]
    assert waits[:3] == [PAIR_MOST, 2 * PAIR_MOST, 3 * PAIR_MOST]
    assert waits[-1] is None
    assert slowing.wait_for("wang", "2.2.2.2") == 0.0


def test_nobody_can_lock_another_out() -> None:
    """Whatever others do with a login from elsewhere, its owner waits two seconds at the most."""
    slowing = Slowing(Now())
    for number in range(500):
        slowing.failed("li.na", f"10.0.{number % 250}.1")
    assert slowing.wait_for("li.na", "1.1.1.1") == LOGIN_MOST


def test_a_source_that_has_signed_in_before_does_not_wait_for_others() -> None:
    """The owner's own place is known."""
    slowing = Slowing(Now())
    slowing.succeeded("li.na", "1.1.1.1")
    for _ in range(500):
        slowing.failed("li.na", "6.6.6.6")
    assert slowing.wait_for("li.na", "1.1.1.1") == 0.0


def test_failures_are_forgotten() -> None:
    """After a quarter of an hour the wait is gone."""
    now = Now()
    slowing = Slowing(now)
    for _ in range(12):
        slowing.failed("li.na", "1.1.1.1")
    now.seconds += 3600
    assert slowing.wait_for("li.na", "1.1.1.1") == 0.0


def test_ids_of_accounts_differ() -> None:
    """Another login, another stream."""
    assert isinstance(account_id("wang"), UUID)
    assert account_id("wang") != LI
