"""The derived rows of places and proposals."""

from tongxin.base.clock import to_ms
from tongxin.ledger.facts import Row, Stream
from tongxin.policy.reading import read_pack
from tongxin.registry import rules
from tongxin.registry.facts import (
    AreaProposed,
    CasesMoveProposed,
    PackProposed,
    PlaceNamed,
    RiskListProposed,
)
from tongxin.registry.risklists.oddities import ODDITIES
from tongxin.registry.risklists.remembered import understood


def rows(stream: Stream) -> dict[str, list[Row]]:
    """Rows of places and of what is proposed, that follow from one stream."""
    names = [entry.body for entry in stream.entries if isinstance(entry.body, PlaceNamed)]
    if names:
        return {"place": [{"code": names[-1].code, "name": names[-1].name}]}
    proposal = rules.proposal(stream.entries)
    match proposal.entry.body if proposal else None:
        case PackProposed() as body if proposal:
            return {"pack": [_pack(proposal, body)]}
        case AreaProposed() as body if proposal:
            return {"risk_area": [_area(proposal, body)]}
        case RiskListProposed() as body if proposal:
            return {"risk_list": [_list(proposal, body)]}
        case CasesMoveProposed() as body if proposal:
            return {"case_move": [_move(proposal, body)]}
    return {}


def _move(proposal: rules.Proposal, body: CasesMoveProposed) -> Row:
    return {
        **_proposed(proposal), "from_pack": body.from_pack, "to_pack": body.to_pack,
        "reason": body.reason,
    }  # fmt: skip


def _pack(proposal: rules.Proposal, body: PackProposed) -> Row:
    pack = read_pack(body.text.encode(), proposal.entry.id)
    return {
        **_proposed(proposal), "pack_id": pack.pack.id, "version": pack.pack.version,
        "fingerprint": pack.fingerprint, "text": body.text, "reason": body.reason,
        "in_force_from": to_ms(body.in_force_from),
    }  # fmt: skip


def _area(proposal: rules.Proposal, body: AreaProposed) -> Row:
    return {
        **_proposed(proposal), "code": body.code, "name": body.name, "level": body.level,
        "from_at": to_ms(body.from_), "until_at": to_ms(body.until) if body.until else None,
        "source": body.source, "in_force_at": proposal.in_force_at,
    }  # fmt: skip


def _list(proposal: rules.Proposal, body: RiskListProposed) -> Row:
    found = understood(body)
    read, oddities = found.read, found.declared.oddities
    return {
        **_proposed(proposal), "sha256": body.sha256, "published_at": to_ms(body.published_at),
        "regime": read.regime.value, "high": read.listed("high"), "medium": read.listed("medium"),
        "low": read.listed("low"), "odd": len(oddities),
        "grave": sum(ODDITIES[each.kind].grave for each in oddities),
        "source": body.source,
    }  # fmt: skip


def _proposed(proposal: rules.Proposal) -> Row:
    return {
        "proposal": proposal.entry.id,
        "proposed_by": proposal.entry.header.author,
        "approved_by": proposal.approved_by,
        "in_force_seq": proposal.in_force_seq,
    }
