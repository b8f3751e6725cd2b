"""Why a wish about the register may be refused."""

from shared.errors import InvalidError, RefusedError


class AlreadyRegisteredError(RefusedError):
    """A cadre with this ID number is in the register already: {cadre}. Correct that file."""

    zh = "该身份证号已在册：{cadre}。请改正那份档案。"


class MergedAwayError(RefusedError):
    """This file was merged into {survivor}. Use that one."""

    zh = "这份档案已并入 {survivor}。请使用那份档案。"


class DeceasedError(RefusedError):
    """The cadre has died; of this file only details can be corrected. Retract the death if it is an error."""

    zh = "该干部已去世，档案只能改正资料。如属误报，请撤销去世登记。"


class NotDeceasedError(RefusedError):
    """This file records no death, so there is none to retract. Choose the file that does."""

    zh = "这份档案没有去世登记，无可撤销。请选择有登记的档案。"


class NothingToFollowUpError(RefusedError):
    """Nothing of this person waits after a retracted death. Load the list of what is to do again."""

    zh = "此人没有撤销去世登记后待办的事项。请重新载入待办列表。"


class NotProvisionalError(RefusedError):
    """This person is identified already. Correct the details, or merge the two files."""

    zh = "此人身份已确认。请改正资料，或合并两份档案。"


class SelfMergeError(InvalidError):
    """A file can't be merged with itself. Name the other file."""

    zh = "档案不能与自身合并。请指明另一份档案。"


class OneDeceasedError(RefusedError):
    """One of the two files says that the person has died. Record it on both or retract it, then merge."""

    zh = "两份档案中一份记为已去世。请先在另一份上登记，或撤销误报，再合并。"


class NothingCorrectedError(InvalidError):
    """Nothing was changed. Say what is to be put right."""

    zh = "没有任何改动。请写明要改正的内容。"


class UnknownAssessmentError(InvalidError):
    """This file has no such assessment. Load the file and choose one of its assessments."""

    zh = "这份档案没有这条评估。请重新载入档案，选择其中一条。"


class OtherFlagError(InvalidError):
    """A correction is of the same hardship as the assessment it corrects. Choose that one."""

    zh = "改正须与原评估是同一项困难。请选择同一项。"


class ExpiryMissingError(InvalidError):
    """An assessment begins within a year and needs a last day, not in the past, at most five years later."""

    zh = "评估须在一年内开始，并有截止日：不能已过，最长五年。"


class AssessmentOverError(RefusedError):
    """This assessment holds no more. Assess anew if the hardship is there again."""

    zh = "这条评估已失效。如困难再次出现，请重新评估。"


class WithdrawalDayError(InvalidError):
    """The last day must lie within the assessment's time. Correct the day."""

    zh = "截止日须在评估有效期内。请改正日期。"


class SamePlaceError(InvalidError):
    """The cadre lives there already. Correct the details if only the writing is wrong."""

    zh = "该干部已住在那里。如仅书写有误，请改正资料。"


class InHospitalError(RefusedError):
    """The cadre is in hospital already. Record the discharge first."""

    zh = "该干部已在住院。请先登记出院。"


class NotInHospitalError(RefusedError):
    """The cadre isn't in hospital. Record the admission first."""

    zh = "该干部未在住院。请先登记入院。"


class FutureDayError(InvalidError):
    """This day has not come yet. Correct the day."""

    zh = "日期还没有到。请改正日期。"


class NoPhotoError(RefusedError):
    """There is no photo on this file. Nothing needs to be done."""

    zh = "这份档案没有照片，不必再做。"


class ConsentKnownError(RefusedError):
    """This is what the file says already. Nothing needs to be done."""

    zh = "档案已是如此，不必再做。"
