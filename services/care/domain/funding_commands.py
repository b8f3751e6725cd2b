"""What may be wished of a funding case, and why it may be refused."""

from uuid import UUID

from pydantic import AwareDatetime, Field

from services.care.domain.budget import Positive
from shared.contracts.command import Command
from shared.contracts.values import Brief, Code, Line, Note, Reason
from shared.errors import ForbiddenError, InvalidError, RefusedError


class DraftFunding(Command):
    """Begin to ask the bureau for money, in fen, for the case of a request."""

    request: UUID
    fund: Code
    amount: Positive
    purpose: Reason
    emergency: bool = False


class DraftOfCase(DraftFunding):
    """The same, with what care knows of the case and the cadre."""

    cadre: UUID
    community: UUID | None
    unit: str
    helper: UUID | None


class AttachEvidence(Command):
    """A file was stored: its SHA-256 in hex, its size in bytes, its kind as its first bytes say."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(gt=0)
    media_type: Line
    label: Brief = ""


class SubmitFunding(Command):
    """Send it on its way."""


class VerifyFunding(Command):
    """The community has seen that it is so."""

    note: Note = ""


class ConfirmByUnit(Command):
    """The original unit confirms."""

    note: Note = ""


class ReviewFunding(Command):
    """The bureau's reviewer recommends an amount, in fen."""

    amount: Positive
    note: Note = ""


class ApproveFunding(Command):
    """An approver says yes to an amount, in fen."""

    amount: Positive
    note: Note = ""


class ApproveWithin(ApproveFunding):
    """The same, with what the year's budget says: above `threshold` a second approver is needed."""

    budget: UUID
    threshold: int


class DisburseFunding(Command):
    """It was paid; `reference` is the payment's."""

    reference: Line


class ConfirmReceipt(Command):
    """The cadre or the family has the money; who of them says so."""

    confirmed_by: Line
    note: Note = ""


class CloseFunding(Command):
    """Paid, received, evidence complete."""


class ReturnForEvidence(Command):
    """Send it back to who submitted it; say what is missing."""

    missing: Reason


class RejectFunding(Command):
    """The answer is no."""

    reason: Reason


class WithdrawFunding(Command):
    """It is no longer asked for."""

    reason: Reason


class ReverseFunding(Command):
    """Money that was paid has come back, in fen; all of it unless an amount is given."""

    amount: Positive | None = None
    reason: Reason


class RecuseFromFunding(Command):
    """This account may take no step in this case: a relative."""

    account: Line
    reason: Note = ""


class LapseFunding(Command):
    """Time ran out, the year ended or the cadre died (a code)."""

    reason: str


class NoteLateStep(Command):
    """This step was due then and is not taken; `level` as in `shared.contracts.values.Level`."""

    step: str
    level: str
    due: AwareDatetime


class SecondStepError(ForbiddenError):
    """You have already taken the step "{step}" of this case; nobody may take two. Hand it to a colleague."""

    zh = "您已办理过本案的“{step}”环节，同一人不得办理两个环节。请交由同事办理。"


class RecusedHereError(ForbiddenError):
    """You are recused from this case. Hand it to a colleague."""

    zh = "您在本案中须回避。请交由同事办理。"


class NotYourStepError(ForbiddenError):
    """The step "{step}" is not one of your role. Leave it to those whose step it is."""

    zh = "“{step}”环节不属于您的角色。请由相应人员办理。"


class WrongStepError(RefusedError):
    """This step does not come now: the case waits for "{awaited}". Look at its steps."""

    zh = "现在不是这一环节：本案在等“{awaited}”。请查看办理进度。"


class FundingOverError(RefusedError):
    """This case has ended. Draft a new one if money is still needed."""

    zh = "本案已终结。如仍需资金，请另行起草。"


class EvidenceMissingError(RefusedError):
    """There is no evidence in this case yet. Attach it first."""

    zh = "本案还没有证明材料。请先上传。"


class TooMuchError(InvalidError):
    """{most} fen at the most: no more than was asked for or recommended. Enter less."""

    zh = "最多 {most} 分，不能超过申请或建议的金额。请改小。"


class CaseOverError(RefusedError):
    """The request's case was ended without a service. Money is asked for in a case that goes on."""

    zh = "这件求助已终止。请在进行中的个案里申请资金。"
