"""What is wrong with a command's headers."""

from shared.errors import InvalidError, VersionConflictError


class KeyMissingError(InvalidError):
    """A command needs an Idempotency-Key of 8 to 200 visible ASCII characters, new for each command."""

    zh = "命令须带 Idempotency-Key 请求头：8 到 200 个可见 ASCII 字符，每条命令用新的。"


class StaleError(VersionConflictError):
    """If-Match names version {wanted}, it is at {found}. Load it again, look at the change, then repeat."""

    zh = "If-Match 为版本 {wanted}，现已是 {found}。请重新载入，看过改动后再做一次。"


class MatchMalformedError(InvalidError):
    """If-Match is the ETag last seen, such as "3"."""

    zh = 'If-Match 应为上次看到的 ETag，如 "3"。'
