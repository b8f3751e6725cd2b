"""The read models of matching, each with what every event does to it."""

from pathlib import Path

from services.matching import views_copies as c
from services.matching import views_courses as w
from services.matching import views_helpers as h
from services.matching import views_matches as v
from services.matching import views_plans as p
from services.matching import views_rebalancing as r
from services.matching.reactions import END
from shared.contracts import intake
from shared.contracts import matching as m
from shared.eventstore.views import View, tables_of

_TABLES = tables_of(Path(__file__).with_name("views.sql"))

HELPERS = View(
    "helpers",
    _TABLES["helpers"],
    {
        m.HelperEnrolled: h.show_enrolled,
        m.HelperCorrected: h.show_corrected,
        m.HelperImported: h.show_imported,
        m.SkillsChanged: h.show_skills,
        m.AvailabilityChanged: h.show_availability,
        m.AbsenceNoted: h.show_absence,
        m.HelperAllocated: h.show_allocated,
        m.HelperSuspended: h.show_state,
        m.HelperResumed: h.show_state,
        m.HelperLeft: h.show_state,
        m.RecusalDeclared: h.show_recusal,
        m.PreferencesChanged: h.show_preferences,
        m.WishRecorded: h.show_wish,
        m.BookingMade: h.show_version,
        m.BookingMoved: h.show_version,
        m.BookingRefused: h.show_version,
        m.BookingReleased: h.show_version,
        m.HoursCredited: h.show_hours,
        m.HoursCorrected: h.show_hours_corrected,
    },
    revision=4,
)

BOOKINGS = View(
    "bookings",
    _TABLES["bookings"],
    {
        m.BookingMade: h.show_booked,
        m.BookingMoved: h.show_booking_moved,
        m.BookingReleased: h.show_released,
        m.HoursCredited: h.show_credited,
        m.HoursCorrected: h.show_credited,
    },
)

PAIRINGS = View(
    "pairings", _TABLES["pairings"], {m.PairingBegun: h.show_paired, m.PairingEnded: h.show_unpaired}
)

MATCHES = View(
    "matches",
    _TABLES["matches"],
    {
        m.MatchOpened: v.show_opened,
        m.CandidatesRanked: v.show_ranked,
        m.OfferMade: v.show_offer,
        m.OfferAccepted: v.show_outcome,
        m.OfferDeclined: v.show_outcome,
        m.OfferExpired: v.show_outcome,
        m.OfferRevoked: v.show_outcome,
        m.HelperAssigned: v.show_assigned,
        m.BookingMoved: v.show_match_booking_moved,
        m.AssignmentDropped: v.show_unassigned,
        m.NoShowRecorded: v.show_unassigned,
        m.AssignmentWithdrawn: v.show_unassigned,
        m.MatchExhausted: v.show_exhausted,
        m.MatchReopened: v.show_reopened,
        m.MatchHeld: v.show_held,
        m.MatchClosed: v.show_closed,
    },
    revision=2,
)

COPIES = View(
    "copies",
    _TABLES["copies"],
    {
        intake.CommunityRegistered: c.copy_community,
        intake.CommunityCorrected: c.copy_community,
        intake.ServiceDefined: c.copy_service,
        intake.CadreRegistered: c.copy_cadre,
        intake.ProvisionalPersonRegistered: c.copy_cadre,
        intake.PersonIdentified: c.copy_cadre,
        intake.DetailsCorrected: c.copy_details,
        intake.CadreMoved: c.copy_move,
        intake.CadreDeceased: c.copy_death,
        intake.DeathRetracted: c.copy_retraction,
        intake.CadresMerged: c.copy_merge,
        intake.HardshipAssessed: c.copy_hardship,
        intake.HardshipWithdrawn: c.copy_withdrawal,
        intake.RequestReceived: c.copy_request,
        intake.RequestCorrected: c.copy_request,
        intake.RequestTriaged: c.copy_request,
        intake.RequestReopened: c.copy_request,
        **dict.fromkeys(END, c.copy_end),
    },
    revision=4,
)

COURSES = View(
    "courses",
    _TABLES["courses"],
    {
        intake.RequestReceived: w.begin_course,
        intake.RequestReopened: w.begin_course,
        **dict.fromkeys(w.STATES, w.go_on),
        intake.DeadlinePassed: w.note_level,
        intake.DeadlineExtended: w.note_extension,
        intake.RequestHeld: w.pause,
        intake.RequestEscalated: w.pause,
        intake.RequestResumed: w.resume,
        intake.EscalationEnded: w.resume,
    },
)

PLANS = View(
    "plans",
    _TABLES["plans"],
    {
        m.PlanProposed: p.show_plan,
        m.PairPlanned: p.show_pair,
        m.VisitUnplanned: p.show_pair,
        m.PairPinned: p.show_wish_of,
        m.PairForbidden: p.show_wish_of,
        m.PairFreed: p.show_wish_of,
        m.PairAccepted: p.show_decided,
        m.VisitReturned: p.show_decided,
        m.PlanClosed: p.show_plan_closed,
    },
)

REBALANCINGS = View(
    "rebalancings",
    _TABLES["rebalancings"],
    {
        m.RebalancingProposed: r.show_rebalancing,
        m.CommunityReckoned: r.show_reckoned,
        m.MoveProposed: r.show_move,
        m.MoveAccepted: r.show_state,
        m.MoveDropped: r.show_state,
        m.MoveConsented: r.show_state,
        m.MoveDeclined: r.show_state,
        m.MoveUndone: r.show_state,
    },
)

VIEWS = (HELPERS, BOOKINGS, PAIRINGS, MATCHES, COURSES, PLANS, REBALANCINGS, COPIES)
