"""From which instant days count: leaving, crossing a border, arriving, an exposure or an onset."""

from collections.abc import Sequence
from datetime import datetime

from tongxin.base.areas import overlap, within
from tongxin.policy.clauses import WIDTHS, Anchor, When
from tongxin.policy.evidence import Told
from tongxin.policy.origin import Origin


def anchor_of(
    anchor: Anchor,
    whens: Sequence[When],
    origin: Origin,
    told: Told,
    home: str,
    begun_at: datetime,
) -> datetime:
    """The instant from which the days count; `begun_at` where it was not told.

    The first arrival anchors: a later one of the same episode moves nothing by itself, only what
    it tells of leaving a place or of crossing a border.
    """
    latest = told.arrivals[-1].at if told.arrivals else begun_at
    match anchor:
        case "leave_area":
            words = {word for when in whens for word in when.origin}
            left = [min(m.left_at, latest) for word in words for m in origin.sure.get(word, ())]
            return max(left, default=begun_at)
        case "crossing":
            widths = [WIDTHS[when.outside] for when in whens if when.outside is not None]
            return min(
                (_crossed(origin, told, home[:w], begun_at) for w in widths), default=begun_at
            )
        case "last_exposure":
            degrees = {when.contact for when in whens}
            return max((e.last_at for e in told.exposures if e.degree in degrees), default=begun_at)
        case "onset":
            onsets = [c.onset_at for c in told.cases if c.onset_at is not None]
            return min(onsets, default=begun_at)
        case "arrival":
            return begun_at


def _crossed(origin: Origin, told: Told, inside: str, begun_at: datetime) -> datetime:
    """When he last came into `inside` (a province, say): where he then was first, or the arrival.

    A stay inside that does not say since when began as he left the last place outside.
    """
    left = [been.left_at for been in origin.been if not overlap(been.stay.area, inside)]
    if not left:
        return begun_at
    out_until = max(left)
    came = [
        max(out_until, been.stay.from_ or out_until)
        for been in origin.been
        if within(been.stay.area, inside) and been.left_at > out_until
    ]
    came += [arrival.at for arrival in told.arrivals if arrival.at >= out_until]
    return min(came, default=begun_at)
