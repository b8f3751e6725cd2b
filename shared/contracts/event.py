"""What an event is: a frozen model with a stable name and version, some of its fields sealed."""

import types
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Annotated, Any, ClassVar, Self, TypeVar, Union, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel, ConfigDict

T = TypeVar("T")

ERASED = "〔已销毁〕"
"""Stands for a text whose key was destroyed."""


class Seal(Enum):
    """Classes of fields that are encrypted, each with a key of its own per person."""

    PERSONAL = "personal"
    MEDICAL = "medical"


Personal = Annotated[T, Seal.PERSONAL]
"""Names, phones, addresses, ID numbers, free text: encrypted under the subject's personal key."""

Medical = Annotated[T, Seal.MEDICAL]
"""What tells of health: encrypted under the subject's medical key."""


class Frozen(BaseModel):
    """A value: frozen, and without unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class UnknownTypeError(LookupError):
    """This event's type or version is newer than this program: upgrade, then it goes on."""


class ContractError(TypeError):
    """An event class breaks a rule of the contracts."""


Upcaster = Callable[[dict[str, Any]], dict[str, Any]]


class Event(Frozen):
    """A fact of the past, in the words of the domain.

    A subclass names itself: `class CadreMoved(Event, name="intake.CadreMoved", subject="cadre")`.
    `subject` is the field with the id of the person whose keys seal the event's personal fields;
    it is needed when there are any.
    """

    NAME: ClassVar[str] = ""
    VERSION: ClassVar[int] = 1
    SUBJECT: ClassVar[str] = ""
    SEALED: ClassVar[Mapping[Seal, frozenset[str]]] = {}

    def __init_subclass__(cls, *, name: str = "", version: int = 1, subject: str = "", **kwargs: Any) -> None:
        """Keep the stable name; the fields are checked once pydantic has them."""
        super().__init_subclass__(**kwargs)
        cls.NAME, cls.VERSION, cls.SUBJECT = name, version, subject

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Check the sealed fields and enter the class in the registry."""
        super().__pydantic_init_subclass__(**kwargs)
        sealed: dict[Seal, set[str]] = {}
        for field, info in cls.model_fields.items():
            for mark in info.metadata:
                if isinstance(mark, Seal):
                    _check_erasable(cls, field, info.annotation)
                    sealed.setdefault(mark, set()).add(field)
        cls.SEALED = {mark: frozenset(fields) for mark, fields in sealed.items()}
        if cls.NAME:
            if sealed and cls.SUBJECT not in cls.model_fields:
                raise ContractError(f"{cls.NAME} has sealed fields and no subject")
            if cls.NAME in _TYPES:
                raise ContractError(f"{cls.NAME} is declared twice")
            _TYPES[cls.NAME] = cls

    @property
    def person(self) -> UUID | None:
        """Whose keys seal this event's fields."""
        return getattr(self, self.SUBJECT) if self.SUBJECT else None

    def about(self) -> tuple[UUID, ...]:
        """The cadres whose histories show this event; by default the one in `cadre`."""
        cadre = getattr(self, "cadre", None)
        return (cadre,) if cadre else ()

    def of_case(self) -> UUID | None:
        """The case (the request's id) this event belongs to; by default the field `request`."""
        return getattr(self, "request", None)

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any]) -> Self:
        """The event of these JSON fields; sealed ones that are missing were erased."""
        full = dict(fields)
        for names in cls.SEALED.values():
            for name in names:
                if name not in full:
                    full[name] = _erased(cls.model_fields[name].annotation)
        return cls.model_validate(full)


_TYPES: dict[str, type[Event]] = {}
_UPCASTERS: dict[tuple[str, int], Upcaster] = {}


def event_types() -> Iterable[type[Event]]:
    """Every event of every service, by name."""
    return (_TYPES[name] for name in sorted(_TYPES))


def type_named(name: str, version: int) -> type[Event]:
    """The class of a stored event; UnknownTypeError when it is newer than this program."""
    found = _TYPES.get(name)
    if found is None or version > found.VERSION:
        raise UnknownTypeError(f"{name} version {version}")
    return found


def upcasts(name: str, version: int) -> Callable[[Upcaster], Upcaster]:
    """Mark a function that turns the fields of `name` from `version` to `version` + 1."""

    def register(upcaster: Upcaster) -> Upcaster:
        _UPCASTERS[name, version] = upcaster
        return upcaster

    return register


def revive(name: str, version: int, fields: dict[str, Any]) -> Event:
    """The event that these stored fields tell, brought to its newest version."""
    kind = type_named(name, version)
    for step in range(version, kind.VERSION):
        fields = _UPCASTERS[name, step](fields)
    return kind.from_fields(fields)


def _is_optional(annotation: Any) -> bool:
    return get_origin(annotation) in (Union, types.UnionType) and type(None) in get_args(annotation)


def _check_erasable(cls: type[Event], field: str, annotation: Any) -> None:
    """A sealed field must have something to say once its key is gone."""
    if annotation is not str and not _is_optional(annotation) and get_origin(annotation) is not tuple:
        raise ContractError(f"{cls.__name__}.{field}: a sealed field is a str, a tuple or may be None")


def _erased(annotation: Any) -> Any:
    if annotation is str:
        return ERASED
    return () if get_origin(annotation) is tuple else None
