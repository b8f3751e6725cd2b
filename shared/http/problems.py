"""Errors on HTTP as RFC 9457, in the language of whoever asks; to a browser on a console's path as a page."""

from collections.abc import Callable, Mapping
from typing import Any

import asyncpg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from shared import errors
from shared.bus.outage import OUTAGES, is_full, is_outage
from shared.http.headers import KeyMissingError, StaleError
from shared.http.wording import rule_in
from shared.observe.logs import named

log = structlog.get_logger("jiujin.http")

STATUS: dict[type[errors.DomainError], int] = {
    errors.InvalidError: 422,
    errors.UnknownError: 404,
    errors.ForbiddenError: 403,
    errors.VersionConflictError: 409,
    errors.KeyReusedError: 422,
    errors.RefusedError: 409,
    errors.NotYetError: 503,
    KeyMissingError: 428,
    StaleError: 412,
}

TITLES = {
    400: ("The request can't be read", "请求无法读取"),
    401: ("Sign in first", "请先登录"),
    403: ("Not allowed", "无权操作"),
    404: ("Not found", "没有找到"),
    405: ("Method not allowed here", "此处不支持这种方法"),
    409: ("Not possible now", "现在不能这样做"),
    412: ("Changed in the meantime", "已被他人改动"),
    413: ("Too large", "内容过大"),
    415: ("This kind of content isn't taken", "不接受这种内容类型"),
    422: ("Something needs correcting", "有内容需要改正"),
    428: ("A header is missing", "缺少请求头"),
    429: ("Too many at once", "请求过多"),
    500: ("Our fault", "系统出错"),
    503: ("Away for a moment", "暂时无法服务"),
}
AWAY = ("The database is away; repeat the same command soon.", "数据库暂时不可用，请稍后重试同一命令。")
FULL = (
    "The disk is full, and nothing was saved. Tell an administrator; repeat the command when it has room.",
    "磁盘已满，没有保存任何内容。请告知管理员，腾出空间后重试同一命令。",
)
ErrorPage = Callable[[Request, int, str, str, Mapping[str, str]], Response | None]
"""An error as a page, from status, title, detail and headers; None for a program that asks."""
RETRY_SECONDS = 2
SHOWN_ERRORS = 50
SHOWN_CHARACTERS = 100


LANGUAGE = "jiujin_language"
"""The cookie of a browser in which a language was chosen."""


def language_of(request: Request) -> str:
    """`zh`, or `en` when that was chosen in a console, or the request prefers English."""
    chosen = request.cookies.get(LANGUAGE)
    if chosen in {"zh", "en"}:
        return chosen
    for part in request.headers.get("accept-language", "").lower().split(","):
        tag = part.split(";")[0].strip()
        if tag.startswith("zh"):
            return "zh"
        if tag.startswith("en"):
            return "en"
    return "zh"


def said(request: Request, chinese: str, english: str) -> str:
    """The words in the language that the request prefers."""
    return chinese if language_of(request) == "zh" else english


def problem(
    request: Request,
    status: int,
    detail: str,
    *,
    code: str = "",
    errors_: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
    likely: list[Any] | None = None,
) -> Response:
    """The answer to a request that failed; a page where `answer_problems` was given some, and one will do."""
    english, chinese = TITLES.get(status, ("Not done", "未能完成"))
    title = said(request, chinese, english)
    app = request.scope.get("app")
    page: ErrorPage | None = getattr(app.state, "error_page", None) if app else None
    if page is not None:
        shown = page(request, status, title, detail, headers or {})
        if shown is not None:
            return shown
    body: dict[str, Any] = {
        "type": f"urn:jiujin:problem:{code or status}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": request.url.path,
    }
    if errors_:
        body["errors"] = errors_
    if likely:
        body["likely"] = likely
    return JSONResponse(
        body,
        status,
        {"Content-Language": said(request, "zh-CN", "en"), **(headers or {})},
        media_type="application/problem+json",
    )


def status_of(error: errors.DomainError) -> int:
    """The HTTP status of a domain error, by its nearest listed ancestor."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


async def _domain(request: Request, error: Exception) -> Response:
    if not isinstance(error, errors.DomainError):
        raise error
    status = status_of(error)
    detail = error.message(language_of(request))
    if status == STATUS[errors.ForbiddenError]:
        principal = getattr(request.state, "principal", None)
        log.warning("refused", code=error.code, path=request.url.path, sub=getattr(principal, "sub", ""))
    fields = [{"field": error.field, "rule": error.code, "detail": detail}] if error.field else None
    return problem(request, status, detail, code=error.code, errors_=fields, likely=error.facts.get("likely"))


async def _validation(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    language = language_of(request)
    items = error.errors()
    found = [
        {"field": _field(item), "rule": str(item["type"]), "detail": rule_in(language, item)}
        for item in items[:SHOWN_ERRORS]
    ]
    unreadable = any(item["type"] == "json_invalid" for item in items)
    detail = "; ".join(f"{item['field']}: {item['detail']}" for item in found[:5])
    return problem(request, 400 if unreadable else 422, detail, code="Invalid", errors_=found)


def _field(item: dict[str, Any]) -> str:
    """Where it is wrong; names that a caller made up may be long, and no UTF-8."""
    path = item["loc"] if item["type"] != "json_invalid" else ()
    name = ".".join(str(part) for part in path if part != "body")[:SHOWN_CHARACTERS] or "body"
    return name.encode(errors="backslashreplace").decode()


async def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    english, chinese = TITLES.get(error.status_code, (str(error.detail), str(error.detail)))
    detail = said(request, chinese, english)
    return problem(request, error.status_code, detail, headers=dict(error.headers or {}))


class ValueUnfitError(errors.InvalidError):
    """A value is too large, or has characters that can't be stored. Correct it."""

    zh = "有数值过大，或有无法保存的字符。请改正。"


async def _unfit(request: Request, error: Exception) -> Response:
    """A value that got as far as the database, which can't hold it."""
    log.warning("unfit value", path=request.url.path, error=named(error))
    return await _domain(request, ValueUnfitError())


async def _unexpected(request: Request, _: Exception) -> Response:
    detail = said(
        request, "系统出错，已记录。请告知管理员。", "This went wrong and is logged. Tell an administrator."
    )
    return problem(request, 500, detail, code="Unexpected")


async def _other(request: Request, error: Exception) -> Response:
    if isinstance(error, ValueError):  # asyncpg's own DataError, which it doesn't export
        return await _unfit(request, error)
    if not is_outage(error):
        raise error
    english, chinese = FULL if is_full(error) else AWAY
    detail = said(request, chinese, english)
    return problem(request, 503, detail, code="Away", headers={"Retry-After": str(RETRY_SECONDS)})


def answer_problems(app: FastAPI, page: ErrorPage | None = None) -> None:
    """Answer every error of `app` as a problem, or as a page where `page` makes one of it."""
    app.state.error_page = page
    app.add_exception_handler(errors.DomainError, _domain)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    for kind in OUTAGES:
        app.add_exception_handler(kind, _other)
    app.add_exception_handler(asyncpg.DataError, _unfit)
    app.add_exception_handler(Exception, _unexpected)
