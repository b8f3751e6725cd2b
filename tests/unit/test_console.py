"""What every page keeps to: the policy, the words in both languages, addresses, contrast of colours."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.services import SERVICES
from services.identity.console import browser
from services.identity.console.browser import to_work
from shared.console import statics
from shared.console.pages import CONSOLES, HEADERS, Console, Look, Pages
from shared.console.session import HOME, local
from shared.console.texts import FRAME, LOCALES, away, day, moment, money
from shared.errors import DomainError
from shared.roles import Role
from tests import texts

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted(ROOT.glob("s*/**/templates/*.html"))
PLACES = re.compile(r"%\(\w+\)s")


@pytest.mark.parametrize("room", texts.ROOMS)
@pytest.mark.parametrize("locale", LOCALES.values())
def test_every_word_of_a_page_is_in_both_languages(locale: str, room: str) -> None:
    """None missing, none empty, none that no page asks for; the same places to fill."""
    had, asked = texts.had(locale, room), texts.asked(room)
    assert asked - set(had) == set()
    assert set(had) - asked == set()
    for words, said in had.items():
        assert all(said), words
        for one in said:
            assert set(PLACES.findall(one)) == set(PLACES.findall(words[0])), words
    assert not any(message.fuzzy for message in texts.catalogue(locale, room) if message.id)


@pytest.mark.parametrize("room", texts.ROOMS)
def test_chinese_is_chinese(room: str) -> None:
    """No English left over in it."""
    chinese = re.compile(r"[\u4e00-\u9fff]")
    assert [said for said in texts.had("zh_CN", room).values() if not all(map(chinese.search, said))] == []


HALF = re.compile(r"[\u4e00-\u9fff}][(,:;!?]|[),:;!?][\u4e00-\u9fff{]")
"""A sign of half a width beside a character, or beside what is put in."""


@pytest.mark.parametrize("room", texts.ROOMS)
def test_chinese_has_its_own_signs(room: str) -> None:
    """Those of full width; `%(name)s` is no text."""
    said = [PLACES.sub("", one) for words in texts.had("zh_CN", room).values() for one in words]
    assert [one for one in said if HALF.search(one)] == []


def test_what_a_refusal_says_in_chinese_has_them_too() -> None:
    """Of every error that this program knows."""
    known, left = set[type[DomainError]](), [DomainError]
    while left:
        left += (kind := left.pop()).__subclasses__()
        known.add(kind)
    assert [kind.zh for kind in known if HALF.search(kind.zh)] == []


def test_templates_hold_no_words_of_their_own() -> None:
    """What is between tags comes from a catalogue, or is a sign or a name that both languages share."""
    shared = {"English", "中文", "A−", "A+", "/5"}
    for file in TEMPLATES:
        plain = re.sub(
            r"\{#.*?#\}|\{% block (?:kind|rescue) %\}[\w/ -]*|\{%.*?%\}|\{\{.*?\}\}"
            r"|<!doctype html>|<kbd.*?</kbd>",
            " ",
            file.read_text(),
            flags=re.DOTALL,
        )
        left = re.sub(r'<[^>]*>|[\w-]+="[^"]*"', " ", plain).split()
        assert {word for word in left if len(word) > 1 and re.search(r"\w", word)} <= shared, file.name


def test_the_policy_lets_nothing_in() -> None:
    """No inline script or style by it, and none in any template."""
    assert "unsafe" not in HEADERS["Content-Security-Policy"]
    assert HEADERS["Content-Security-Policy"].startswith("default-src 'none'; ")
    for file in TEMPLATES:
        text = file.read_text()
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)", text), (
            file.name
        )
        assert "http" not in re.sub(r"\{.*?\}", "", text), file.name


@pytest.mark.parametrize(
    "path",
    [
        "//elsewhere",
        "/\\elsewhere",
        "https://elsewhere",
        "elsewhere",
        "/a b",
        "/a\nb",
        "/\t/b",
        "",
        "/李",
        "/a\n",
    ],
)
def test_only_a_path_of_this_address_is_gone_to(path: str) -> None:
    """Browsers take a backslash for a slash, and leave out what can't be seen."""
    assert local(path) == HOME


@pytest.mark.parametrize("path", ["/", "/intake/", "/identity/?a=1&b=//c", "/care/visits/1#x"])
def test_a_path_of_this_address_stays(path: str) -> None:
    """As it is."""
    assert local(path) == path


def test_times_are_written_as_people_do() -> None:
    """In Shanghai, whatever the zone they come in."""
    at = datetime(2026, 11, 23, 7, 4, tzinfo=UTC)
    assert moment(at, "zh") == "2026年11月23日 周一 15:04"
    assert moment(at, "en") == "Mon 23 Nov 2026, 15:04"


def test_days_amounts_and_how_far_a_time_is_are_written_as_people_do() -> None:
    """A day is Shanghai's; the exact time goes with what is told from now."""
    at = datetime(2026, 11, 23, 17, 4, tzinfo=UTC)
    assert (day(at, "zh"), day(at.date(), "en")) == ("2026年11月24日", "23 Nov 2026")
    assert (money(123_450, "zh"), money(5, "en")) == ("¥1,234.50", "¥0.05")
    told = away(at, at - timedelta(minutes=12), "zh")
    assert ">12分钟后</time>" in told
    assert 'title="2026年11月24日 周二 01:04"' in told
    assert ">now<" in away(at, at, "en")


def test_the_type_grows_and_shrinks_by_steps() -> None:
    """Between 100 and 150 percent."""
    steps = [(look.smaller, look.bigger) for look in (Look("zh", "auto", s) for s in ("100", "125", "150"))]
    assert steps == [("", "110"), ("110", "150"), ("125", "")]


@pytest.mark.parametrize("service", sorted(texts.ROOMS.keys() - {FRAME}))
def test_scripts_and_styles_fetch_only_what_is_there(service: str) -> None:
    """Each import names a neighbour; nothing is fetched from elsewhere."""
    files = statics.files(service)
    for name in files.keys() - statics.BROUGHT.keys():
        text = files[name].plain.decode()
        for neighbour in re.findall(r'(?:from|import) "\./([^"]+)"', text):
            assert neighbour in files, name
        assert "@import" not in text
        assert not re.search(r"https?://(?!www\.w3\.org)", text), name


def test_each_size_and_scheme_has_its_style() -> None:
    """The choices of the frame change something."""
    style = statics.files("identity")["console.css"].plain.decode()
    for chosen in (
        '[data-scheme="light"]',
        '[data-scheme="dark"]',
        *(f'[data-size="{s}"]' for s in (110, 125, 150)),
    ):
        assert chosen in style


def test_the_frame_names_the_consoles_that_there_are() -> None:
    """A service with pages has a line."""
    there = {service.name for service in SERVICES if service.console is not None}
    assert there == {one.service for one in CONSOLES}


def test_who_comes_in_goes_to_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """To the first console of the role; home where there is none, and elsewhere if that was asked for."""
    there = (Console("care", frozenset({Role.PAYER})), Console("intake", frozenset({Role.PAYER})))
    monkeypatch.setattr(browser, "CONSOLES", there)
    assert to_work(HOME, Role.PAYER) == "/care/"
    assert to_work(HOME, Role.ADMIN) == HOME
    assert to_work("/intake/lists", Role.PAYER) == "/intake/lists"


@pytest.mark.parametrize("room", sorted(texts.ROOMS.keys() - {FRAME}))
def test_every_template_compiles(room: str) -> None:
    """In both languages."""
    for environment in Pages(room)._by_language.values():  # noqa: SLF001  nobody else lists them
        for name in environment.list_templates():
            environment.get_template(name)
