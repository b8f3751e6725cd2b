"""Errors on HTTP as RFC 9457, in the language that `Accept-Language` asks for."""

from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from shared import errors
from shared.bus.outage import OUTAGES, is_outage
from shared.http.wording import rule_in

log = structlog.get_logger("jiujin.http")

STATUS: dict[type[errors.DomainError], int] = {
    errors.InvalidError: 422,
    errors.UnknownError: 404,
    errors.ForbiddenError: 403,
    errors.VersionConflictError: 409,
    errors.KeyReusedError: 422,
    errors.RefusedError: 409,
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
    503: ("Away for a moment", "暂时无法服务"),
}
RETRY_SECONDS = 2


def language_of(request: Request) -> str:
    """`zh`, or `en` when the request prefers English."""
    for part in request.headers.get("accept-language", "").lower().split(","):
        tag = part.split(";")[0].strip()
        if tag.startswith("zh"):
            return "zh"
        if tag.startswith("en"):
            return "en"
    return "zh"


def problem(
    request: Request,
    status: int,
    detail: str,
    *,
    code: str = "",
    errors_: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """The answer to a request that failed."""
    language = language_of(request)
    english, chinese = TITLES.get(status, ("Not done", "未能完成"))
    body: dict[str, Any] = {
        "type": f"urn:jiujin:problem:{code or status}",
        "title": chinese if language == "zh" else english,
        "status": status,
        "detail": detail,
        "instance": request.url.path,
    }
    if errors_:
        body["errors"] = errors_
    return JSONResponse(
        body,
        status,
        {"Content-Language": "zh-CN" if language == "zh" else "en", **(headers or {})},
        media_type="application/problem+json",
    )


def status_of(error: errors.DomainError) -> int:
    """The HTTP status of a domain error, by its nearest listed ancestor."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def _domain(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, errors.DomainError):
        raise error
    status = status_of(error)
    detail = error.message(language_of(request))
    if status == STATUS[errors.ForbiddenError]:
        principal = getattr(request.state, "principal", None)
        log.warning("refused", code=error.code, path=request.url.path, sub=getattr(principal, "sub", ""))
    fields = [{"field": error.field, "rule": error.code, "detail": detail}] if error.field else None
    return problem(request, status, detail, code=error.code, errors_=fields)


def _validation(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    language = language_of(request)
    found = [
        {
            "field": ".".join(str(part) for part in item["loc"] if part != "body") or "body",
            "rule": str(item["type"]),
            "detail": rule_in(language, item),
        }
        for item in error.errors()
    ]
    unreadable = any(item["rule"] == "json_invalid" for item in found)
    detail = "; ".join(f"{item['field']}: {item['detail']}" for item in found[:5])
    return problem(request, 400 if unreadable else 422, detail, code="Invalid", errors_=found)


def _http(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    english, chinese = TITLES.get(error.status_code, (str(error.detail), str(error.detail)))
    detail = chinese if language_of(request) == "zh" else english
    return problem(request, error.status_code, detail, headers=dict(error.headers or {}))


def _other(request: Request, error: Exception) -> JSONResponse:
    if not is_outage(error):
        log.error("unexpected", path=request.url.path, exc_info=error)
        raise error
    zh = language_of(request) == "zh"
    detail = (
        "数据库暂时不可用,请稍后重试同一命令。"
        if zh
        else "The database is away; repeat the same command soon."
    )
    return problem(request, 503, detail, code="Away", headers={"Retry-After": str(RETRY_SECONDS)})


def answer_problems(app: FastAPI) -> None:
    """Answer every error of `app` as a problem."""
    app.add_exception_handler(errors.DomainError, _domain)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    for kind in OUTAGES:
        app.add_exception_handler(kind, _other)
