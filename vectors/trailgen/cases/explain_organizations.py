"""Why the chains of an organization's trail end or begin, and whose trail it is."""
from ..moments import HOUR, MINUTE
from ..registry import case
from ..world import ACCOUNT, Place, end_of
from .explain import DENIED, NOTHING, STOP, TRAIL, adding, begins_late, call, stale, story

ORG, OTHER_ACCOUNT = "o-acme2026audit", "222233334444"


def organization(w, records, of=OTHER_ACCOUNT, begin=0, end=30, other=30):
    """An organization's trail over two accounts; the second has digests from `begin` to `end`. The records stand in a log
    of account `of`."""
    first, second = Place("acme-trail", ACCOUNT, org=ORG), Place("acme-trail", OTHER_ACCOUNT, org=ORG)
    w.since = "2026-06-30T23:13:52Z"
    hour = begin + 1 if begin else end - 1
    for place, hours in ((first, range(other)), (second, range(end - begin))):
        there = {(hour if place is first else hour - begin): adding(
            story(records, end_of(hour) - 15, place))} if place.account == of else None
        w.honest(hours, w.chain(place), there, first_end=end_of(0 if place is first else begin))


def leave(when, **more):
    return call(when, "LeaveOrganization", None, "organizations", account=OTHER_ACCOUNT, **more)


@case("explain-organization-left", 2, ["chain.head-stale"], "the account left the organization",
      explained=stale("organization-left", "high", "mallory"))
def _(w):
    organization(w, [leave(STOP)], end=15)


@case("explain-organization-left-denied", 2, ["chain.head-stale"], "the account was not allowed to leave",
      explained=stale(*NOTHING))
def _(w):
    organization(w, [leave(STOP, **DENIED)], end=15)


def stopped_by(w, account, name, made=()):
    """Both chains of the organization's trail end with D14; an account stops a trail of that name."""
    records = [*made, call(STOP, "StopLogging", {"name": name}, account=account)]
    organization(w, records, of=account, end=15, other=15)


def same_named(account):
    return TRAIL.replace(ACCOUNT, account)


def made_for_all(account):
    """The event by which it became the organization's."""
    return call(STOP - 20 * MINUTE, "UpdateTrail", {"name": "mgmt", "isOrganizationTrail": True},
                response={"trailARN": same_named(account)}, account=account)


@case("explain-organization-stopped", 2, ["chain.head-stale"],
      "the account that has the organization's trail stops it; an event tells which one that is",
      explained=stale("logging-stopped", "high", "mallory", number=2))
def _(w):
    stopped_by(w, ACCOUNT, TRAIL, [made_for_all(ACCOUNT)])


@case("explain-organization-stopped-member", 2, ["chain.head-stale"],
      "a member stops its own trail, which is called as the organization's; whose that is is known",
      explained=stale(*NOTHING, number=2))
def _(w):
    stopped_by(w, OTHER_ACCOUNT, same_named(OTHER_ACCOUNT), [dict(
        made_for_all(ACCOUNT), recipientAccountId=OTHER_ACCOUNT)])


@case("explain-organization-stopped-by-arn", 2, ["chain.head-stale"],
      "an account stops a trail that is called as the organization's; whose that is is not known",
      explained=stale("logging-stopped", "medium", "mallory", number=2))
def _(w):
    stopped_by(w, OTHER_ACCOUNT, same_named(OTHER_ACCOUNT))


@case("explain-organization-stopped-by-name", 2, ["chain.head-stale"], "the same, by its name",
      explained=stale("logging-stopped", "medium", "mallory", number=2))
def _(w):
    stopped_by(w, OTHER_ACCOUNT, "mgmt")


def accept(when):
    return call(when, "AcceptHandshake", {"handshakeId": "h-1"}, "organizations", account=OTHER_ACCOUNT)


@case("explain-organization-joined", 2, ["chain.begins-late"], "the account joined the organization only then",
      explained=begins_late("organization-joined", "high", "mallory"))
def _(w):
    organization(w, [accept(end_of(10) - 20 * MINUTE)], begin=10)


@case("explain-organization-invited", 2, ["chain.begins-late"], "the account was only invited",
      explained=begins_late(*NOTHING))
def _(w):
    invite = call(end_of(10) - 2 * HOUR, "InviteAccountToOrganization",
                  {"target": {"id": OTHER_ACCOUNT, "type": "ACCOUNT"}}, "organizations")
    organization(w, [invite], of=ACCOUNT, begin=10)


@case("explain-organization-joined-another", 2, ["chain.begins-late"], "another account joined the organization then",
      explained=begins_late(*NOTHING))
def _(w):
    organization(w, [dict(accept(end_of(10) - 20 * MINUTE), recipientAccountId=ACCOUNT)], of=ACCOUNT, begin=10)
