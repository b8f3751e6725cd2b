"""Who may do what: one table, role × command × scope. What isn't in it is denied.

The key is the service, a dot, and the command's class, or `read_…` for a reading.
"""

from collections.abc import Mapping
from uuid import UUID

from shared.errors import ForbiddenError, UnknownError
from shared.roles import Principal, Reach, Resource, Role

ALL, OF_COMMUNITY, OWN = Reach.ALL, Reach.COMMUNITY, Reach.OWN
OPERATOR, COORDINATOR, SECRETARY = Role.OPERATOR, Role.COORDINATOR, Role.SECRETARY
SUBDISTRICT, LIAISON, FAMILY = Role.SUBDISTRICT, Role.UNIT_LIAISON, Role.FAMILY
VOLUNTEER, CARE_WORKER = Role.VOLUNTEER, Role.CARE_WORKER
ORGANISATION, CLINIC = Role.ORGANISATION, Role.CLINIC
REVIEWER, APPROVER, PAYER = Role.REVIEWER, Role.APPROVER, Role.PAYER
AUDITOR, ADMIN = Role.AUDITOR, Role.ADMIN

HELPERS = {VOLUNTEER: OWN, CARE_WORKER: OWN, ORGANISATION: OWN, CLINIC: OWN}
LOCAL = {COORDINATOR: OF_COMMUNITY, SECRETARY: OF_COMMUNITY, SUBDISTRICT: OF_COMMUNITY}
BUREAU = {REVIEWER: ALL, APPROVER: ALL, PAYER: ALL}
STAFF = {OPERATOR: ALL, **LOCAL, **BUREAU}
DESK = {OPERATOR: ALL, COORDINATOR: OF_COMMUNITY}
REGISTRARS = {OPERATOR: ALL, SECRETARY: OF_COMMUNITY, ADMIN: ALL}
MATCHERS = {COORDINATOR: OF_COMMUNITY, SUBDISTRICT: OF_COMMUNITY}
ASKERS = {SECRETARY: OF_COMMUNITY, CARE_WORKER: OWN, COORDINATOR: OF_COMMUNITY}

TABLE: Mapping[str, Mapping[Role, Reach]] = {
    # Communities and the catalogue of services
    "intake.RegisterCommunity": {ADMIN: ALL},
    "intake.CorrectCommunity": {ADMIN: ALL},
    "intake.ImportCommunities": {ADMIN: ALL},
    "intake.DefineService": {ADMIN: ALL},
    "intake.RetireService": {ADMIN: ALL},
    "intake.read_communities": dict.fromkeys(Role, ALL),
    "intake.read_services": dict.fromkeys(Role, ALL),
    # The register
    "intake.RegisterCadre": REGISTRARS,
    "intake.ImportCadres": {OPERATOR: ALL, ADMIN: ALL},
    "intake.read_imported": {OPERATOR: ALL, ADMIN: ALL},
    "intake.RegisterProvisional": {OPERATOR: ALL},
    "intake.IdentifyPerson": {OPERATOR: ALL},
    "intake.MergeCadres": {OPERATOR: ALL},
    "intake.CorrectDetails": REGISTRARS,
    "intake.AssessHardship": {SECRETARY: OF_COMMUNITY, SUBDISTRICT: OF_COMMUNITY, ADMIN: ALL},
    "intake.WithdrawHardship": {SECRETARY: OF_COMMUNITY, SUBDISTRICT: OF_COMMUNITY},
    "intake.NameGuarantors": REGISTRARS,
    "intake.MoveCadre": {OPERATOR: ALL, SUBDISTRICT: OF_COMMUNITY},
    "intake.AdmitCadre": {OPERATOR: ALL, SECRETARY: OF_COMMUNITY},
    "intake.DischargeCadre": {OPERATOR: ALL, SECRETARY: OF_COMMUNITY},
    "intake.RecordDeath": {OPERATOR: ALL, SECRETARY: OF_COMMUNITY},
    "intake.RetractDeath": {OPERATOR: ALL, SECRETARY: OF_COMMUNITY},
    "intake.FollowUpRetraction": {OPERATOR: ALL, SECRETARY: OF_COMMUNITY},
    "intake.KeepPhoto": REGISTRARS,
    "intake.RemovePhoto": REGISTRARS,
    "intake.read_photo": {OPERATOR: ALL, **LOCAL, ADMIN: ALL},
    "intake.RecordConsent": {OPERATOR: ALL, SECRETARY: OF_COMMUNITY},
    "intake.read_cadre": {**STAFF, LIAISON: OWN, FAMILY: OWN, ADMIN: ALL},
    "intake.read_cadres": {**STAFF, ADMIN: ALL},
    "intake.read_medical": {OPERATOR: ALL, SECRETARY: OF_COMMUNITY},
    "intake.read_pairings": {**MATCHERS, OPERATOR: ALL, SECRETARY: OF_COMMUNITY},
    "intake.read_todos": {OPERATOR: ALL, SECRETARY: OF_COMMUNITY, SUBDISTRICT: OF_COMMUNITY},
    # Requests
    "intake.ReceiveRequest": {OPERATOR: ALL},
    "intake.CorrectRequest": {OPERATOR: ALL},
    "intake.TriageRequest": {OPERATOR: ALL},
    "intake.HoldRequest": DESK,
    "intake.ResumeRequest": DESK,
    "intake.ReferToEmergencyLine": {OPERATOR: ALL},
    "intake.MarkDuplicate": {OPERATOR: ALL},
    "intake.OverruleDuplicate": {OPERATOR: ALL},
    "intake.RejectRequest": {OPERATOR: ALL},
    "intake.CancelRequest": DESK,
    "intake.WithdrawRequest": {OPERATOR: ALL},
    "intake.RelinkRequest": {OPERATOR: ALL},
    "intake.RecordCallback": {OPERATOR: ALL},
    "intake.ReopenRequest": {OPERATOR: ALL, AUDITOR: ALL},
    "intake.ExtendDeadline": {COORDINATOR: OF_COMMUNITY, SUBDISTRICT: OF_COMMUNITY},
    "intake.read_request": {**STAFF, LIAISON: OWN, FAMILY: OWN},
    "intake.read_requests": STAFF,
    # Helpers and pairings
    "matching.EnrolHelper": {**MATCHERS, ADMIN: ALL},
    "matching.ImportHelpers": {**MATCHERS, ADMIN: ALL},
    "matching.CorrectHelper": {**MATCHERS, ADMIN: ALL},
    "matching.ChangeSkills": {**MATCHERS, ADMIN: ALL},
    "matching.ChangeAvailability": {**MATCHERS, **HELPERS, ADMIN: ALL},
    "matching.NoteAbsence": {**MATCHERS, **HELPERS},
    "matching.AllocateHelper": {SUBDISTRICT: OF_COMMUNITY, ADMIN: ALL},
    "matching.SuspendHelper": MATCHERS,
    "matching.ResumeHelper": MATCHERS,
    "matching.RecordLeaving": MATCHERS,
    "matching.DeclareRecusal": {**MATCHERS, **HELPERS},
    "matching.ChangePreferences": {**MATCHERS, **HELPERS, ADMIN: ALL},
    "matching.RecordWish": {**MATCHERS, OPERATOR: ALL},
    "matching.BeginPairing": MATCHERS,
    "matching.EndPairing": MATCHERS,
    "matching.read_helper": {**MATCHERS, **HELPERS, OPERATOR: ALL, SECRETARY: OF_COMMUNITY, ADMIN: ALL},
    "matching.read_helpers": {**MATCHERS, OPERATOR: ALL, SECRETARY: OF_COMMUNITY, ADMIN: ALL},
    # Matches
    "matching.MakePlan": MATCHERS,
    "matching.PinPair": MATCHERS,
    "matching.ForbidPair": MATCHERS,
    "matching.FreePair": MATCHERS,
    "matching.AcceptPlan": MATCHERS,
    "matching.ReturnVisits": MATCHERS,
    "matching.read_plans": {**MATCHERS, AUDITOR: ALL},
    "matching.MakeRebalancing": {SUBDISTRICT: OF_COMMUNITY, ADMIN: ALL},
    "matching.AcceptMoves": {SUBDISTRICT: OF_COMMUNITY, ADMIN: ALL},
    "matching.DropMoves": {SUBDISTRICT: OF_COMMUNITY, ADMIN: ALL},
    "matching.UndoMoves": {SUBDISTRICT: OF_COMMUNITY, ADMIN: ALL},
    "matching.ConsentToMove": {**MATCHERS, **HELPERS, ADMIN: ALL},
    "matching.DeclineMove": {**MATCHERS, **HELPERS, ADMIN: ALL},
    "matching.read_rebalancings": {**MATCHERS, AUDITOR: ALL, ADMIN: ALL},
    "matching.SetWeights": {ADMIN: ALL},
    "matching.read_weights": {**STAFF, AUDITOR: ALL, ADMIN: ALL},
    "matching.RankAgain": MATCHERS,
    "matching.MakeOffer": MATCHERS,
    "matching.AcceptOffer": {**HELPERS, **MATCHERS},
    "matching.DeclineOffer": {**HELPERS, **MATCHERS},
    "matching.RevokeOffer": MATCHERS,
    "matching.DropAssignment": {**HELPERS, **MATCHERS},
    "matching.RecordNoShow": MATCHERS,
    "matching.Reassign": MATCHERS,
    "matching.read_match": {**MATCHERS, OPERATOR: ALL, SECRETARY: OF_COMMUNITY},
    "matching.read_matches": {**MATCHERS, OPERATOR: ALL, SECRETARY: OF_COMMUNITY},
    "matching.read_offers": HELPERS,
    # Cases, visits, plans
    "care.ScheduleVisit": {**HELPERS, COORDINATOR: OF_COMMUNITY, SECRETARY: OF_COMMUNITY},
    "care.BeginVisit": HELPERS,
    "care.CompleteVisit": HELPERS,
    "care.MissVisit": {COORDINATOR: OF_COMMUNITY, SECRETARY: OF_COMMUNITY},
    "care.RefuseVisit": HELPERS,
    "care.RecordNoAnswer": HELPERS,
    "care.CorrectVisit": {**HELPERS, COORDINATOR: OF_COMMUNITY},
    "care.AttachPhoto": HELPERS,
    "care.RequestMove": {**HELPERS, COORDINATOR: OF_COMMUNITY},
    "care.AssessPlan": {SECRETARY: OF_COMMUNITY, CARE_WORKER: OF_COMMUNITY},
    "care.ActivatePlan": {SECRETARY: OF_COMMUNITY},
    "care.SuspendPlan": {SECRETARY: OF_COMMUNITY},
    "care.ResumePlan": {SECRETARY: OF_COMMUNITY},
    "care.EndPlan": {SECRETARY: OF_COMMUNITY},
    "care.read_case": {**STAFF, **HELPERS, LIAISON: OWN, FAMILY: OWN},
    "care.read_cases": STAFF,
    "care.read_visits": {**HELPERS, **LOCAL, OPERATOR: ALL},
    "care.read_medical": {CARE_WORKER: OWN, CLINIC: OWN, SECRETARY: OF_COMMUNITY},
    "care.read_photos": {**HELPERS, SECRETARY: OF_COMMUNITY},
    "care.read_plans": {**LOCAL, OPERATOR: ALL},
    # Funding; that no one acts twice on a case is the decider's rule
    "care.DraftFunding": ASKERS,
    "care.AttachEvidence": ASKERS,
    "care.SubmitFunding": ASKERS,
    "care.VerifyFunding": {SECRETARY: OF_COMMUNITY},
    "care.ConfirmByUnit": {LIAISON: OWN},
    "care.ReviewFunding": {REVIEWER: ALL},
    "care.ApproveFunding": {APPROVER: ALL},
    "care.DisburseFunding": {PAYER: ALL},
    "care.ConfirmReceipt": {SECRETARY: OF_COMMUNITY, FAMILY: OWN},
    "care.CloseFunding": {REVIEWER: ALL},
    "care.ReturnForEvidence": {SECRETARY: OF_COMMUNITY, REVIEWER: ALL, APPROVER: ALL},
    "care.RejectFunding": {SECRETARY: OF_COMMUNITY, REVIEWER: ALL, APPROVER: ALL},
    "care.WithdrawFunding": ASKERS,
    "care.ReverseFunding": {PAYER: ALL},
    "care.RecuseFromFunding": {SECRETARY: OF_COMMUNITY, REVIEWER: ALL, APPROVER: ALL, PAYER: ALL},
    "care.OpenBudget": {ADMIN: ALL},
    "care.AdjustBudget": {ADMIN: ALL},
    "care.ImportBudgets": {ADMIN: ALL},
    "care.read_funding": {**LOCAL, **BUREAU, CARE_WORKER: OWN, LIAISON: OWN, FAMILY: OWN},
    "care.read_fundings": {**LOCAL, **BUREAU, CARE_WORKER: OWN, LIAISON: OWN, FAMILY: OWN},
    "care.read_evidence": {SECRETARY: OF_COMMUNITY, **BUREAU},
    "care.read_budgets": {**BUREAU, ADMIN: ALL},
    # Reading the past
    "reporting.read_history": {AUDITOR: ALL},
    "reporting.read_figures": {AUDITOR: ALL, **BUREAU, SUBDISTRICT: ALL},
    "reporting.read_readings": {AUDITOR: ALL},
    "reporting.check_history": {AUDITOR: ALL},
    # Accounts
    "identity.OpenAccount": {ADMIN: ALL},
    "identity.ChangeGrants": {ADMIN: ALL},
    "identity.SetPassword": {ADMIN: ALL},
    "identity.DisableAccount": {ADMIN: ALL},
    "identity.EnableAccount": {ADMIN: ALL},
    "identity.ChangeOwnPassword": dict.fromkeys(Role, ALL),
    "identity.SignOutEverywhere": dict.fromkeys(Role, ALL),
    "identity.read_accounts": {ADMIN: ALL},
    # the machinery, in each service
    **{
        f"{service}.{action}": {ADMIN: ALL}
        for service in ("intake", "matching", "care", "reporting", "identity")
        for action in (
            "read_parked",
            "RetryParked",
            "SkipParked",
            "read_events",
            "RebuildView",
            "read_status",
            "SetQuick",
        )
    },
    **{
        f"{service}.read_streams": {AUDITOR: ALL}
        for service in ("intake", "matching", "care", "reporting", "identity")
    },
}


class NotAllowedError(ForbiddenError):
    """The role {role} may not do {action}. Ask someone whose role may, or sign in with another role."""

    zh = "角色“{role}”无权执行“{action}”。请由有权的人办理，或换角色登录。"


class OutOfScopeError(ForbiddenError):
    """This lies outside your communities. Hand it to the community that is responsible."""

    zh = "这不在您负责的社区范围内。请转交负责的社区。"


def allowed(principal: Principal, action: str) -> Reach:
    """How far the principal's permission for `action` reaches; NotAllowedError when there is none."""
    reach = TABLE.get(action, {}).get(principal.role)
    if reach is None:
        raise NotAllowedError(role=principal.role.value, action=action)
    return reach


def check(principal: Principal, action: str, resource: Resource) -> None:
    """Allow, or raise: OutOfScopeError for another community, UnknownError for another's own thing."""
    reach = allowed(principal, action)
    if reach is Reach.COMMUNITY and not in_communities(principal, resource.community):
        raise OutOfScopeError
    if reach is Reach.OWN and not is_own(principal, resource):
        raise UnknownError(what=action.rsplit(".", maxsplit=1)[-1])


def in_communities(principal: Principal, community: UUID | None) -> bool:
    """Whether a community is one of the principal's."""
    return principal.communities is None or community in principal.communities


def is_own(principal: Principal, resource: Resource) -> bool:
    """Whether a thing is the principal's own: their cadre, their assignment, their unit's cadre."""
    return bool(
        (principal.cadre and principal.cadre == resource.cadre)
        or (principal.helper and principal.helper in resource.helpers)
        or (principal.unit and principal.unit == resource.unit)
    )
