"""Why something may not be done to a request, and what to do instead."""

from shared.errors import InvalidError, RefusedError


class EndedError(RefusedError):
    """The request has ended: {state}. Receive a new one, or reopen it if it is closed."""

    zh = "请求已终结（{state_zh}）。请另行受理；已关闭的可以重新打开。"


class NotNowError(RefusedError):
    """The request is at {state}, where this can't be done. Load it again and see what is next."""

    zh = "请求目前为“{state_zh}”，此时不能这样做。请重新载入，看下一步。"


class LikelyDuplicateError(RefusedError):
    """This resembles open requests of the last 72 hours.

    Link it with duplicate_of, or say in overruled why it is none of them.
    """

    zh = "与近 72 小时内的未结请求相似。请用 duplicate_of 关联，或填写 overruled 说明不是重复。"


class NotOpenDuplicateError(RefusedError):
    """The request it would duplicate is not open, or is itself. Choose an open one."""

    zh = "所指的原请求未处于办理中，或就是它自身。请选择未结的请求。"


class NothingSuspectedError(RefusedError):
    """No duplicate is suspected of this request any more. Load it again."""

    zh = "这项请求目前没有疑似重复。请重新载入。"


class SlotMissingError(InvalidError):
    """A scheduled service needs a time. Say from when to when."""

    zh = "定期服务须有时间。请填写起止时间。"


class SlotFarError(InvalidError):
    """The time asked for lies more than a year away. Correct it."""

    zh = "所填时间距今超过一年。请改正。"


class RescueNotHeldError(RefusedError):
    """特急 is never put on hold. Finish it, hand it over, or cancel it."""

    zh = "特急不得挂起。请办结、转交或取消。"


class HoldPastError(InvalidError):
    """The time until which it is to wait has passed, or is over a year away. Choose another one."""

    zh = "挂起的截止时间已过，或超过一年。请另选时间。"


class CoveredError(RefusedError):
    """The cadre is within coverage, so this reason doesn't hold. Choose another."""

    zh = "该干部在服务对象范围内，不能以此为由。请选择其他原因。"


class ReferralMissingError(InvalidError):
    """Say where the caller was referred to, so that nobody is lost."""

    zh = "请写明已转介到哪里，不让来电人落空。"


class CallbackFirstError(RefusedError):
    """The service was reported: call back instead. After 3 calls without an answer, cancel as unreachable."""

    zh = "服务已报完成，请先回访。三次联系不上后，可按“联系不上”取消。"


class ReopenTooLateError(RefusedError):
    """It was closed more than {days} days ago. Receive a new request and link it."""

    zh = "关闭已超过 {days} 天。请另行受理并关联。"


class AuditorOnlyError(RefusedError):
    """Only an auditor reopens for an audit finding. Choose another reason."""

    zh = "只有审计员可以按审计发现重开。请选择其他原因。"


class SameCadreError(InvalidError):
    """It stands under this cadre already. Name the right one."""

    zh = "请求已在该干部名下。请指明正确的干部。"


class FirstExtensionError(RefusedError):
    """The first extension is the coordinator's to give. Ask the coordinator."""

    zh = "首次延期由协调员决定。请联系协调员。"


class SecondExtensionError(RefusedError):
    """The second extension is the subdistrict's to give. Ask the subdistrict."""

    zh = "第二次延期由街道决定。请联系街道。"


class NoDeadlineNowError(RefusedError):
    """Nothing is due at present, so there is nothing to extend."""

    zh = "目前没有在计的时限，无可延期。"


class ExtensionsUsedError(RefusedError):
    """This deadline was extended twice already. Finish it, or cancel with a reason."""

    zh = "时限已延期两次。请尽快办理，或写明原因取消。"
