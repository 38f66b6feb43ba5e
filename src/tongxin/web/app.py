"""The composition: pillars' handlers, the gate, what handlers are handed, the answers."""

import gc
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from litestar import Litestar, Request, Router
from litestar.config.compression import CompressionConfig
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.plugins.prometheus import PrometheusConfig
from litestar.static_files import create_static_files_router
from litestar.template import TemplateConfig
from litestar.types import ControllerRouterHandler

import tongxin.access.api
import tongxin.access.devices.api
import tongxin.access.devices.pages
import tongxin.access.pages
import tongxin.arrivals.api
import tongxin.arrivals.calls.api
import tongxin.arrivals.checkpoints.api
import tongxin.arrivals.comings.api
import tongxin.arrivals.declarations.api
import tongxin.arrivals.doubts.api
import tongxin.arrivals.exceptions.api
import tongxin.arrivals.exceptions.pages
import tongxin.arrivals.findings.api
import tongxin.arrivals.pages
import tongxin.arrivals.passages.api
import tongxin.briefing.api
import tongxin.briefing.pages
import tongxin.intake.api
import tongxin.intake.pages
import tongxin.registry.api
import tongxin.registry.grids.api
import tongxin.registry.grids.pages
import tongxin.registry.households.api
import tongxin.registry.households.pages
import tongxin.registry.identity.api
import tongxin.registry.links.api
import tongxin.registry.links.pages
import tongxin.registry.pages
import tongxin.registry.residents.api
import tongxin.registry.residents.pages
import tongxin.registry.risklists.api
import tongxin.registry.staff.api
import tongxin.registry.staff.pages
import tongxin.registry.villages.pages
import tongxin.work.api
import tongxin.work.pages
from tongxin import __version__
from tongxin.base.clock import system_clock
from tongxin.base.problems import Problem
from tongxin.desk import Desk, Now, Office, Who
from tongxin.forms import Upload
from tongxin.installation import Installation, Settings, open_, unlock_from
from tongxin.ledger.store import Store
from tongxin.web import (
    areas,
    changed,
    corrections,
    edges,
    entrance,
    front,
    inbox,
    pages,
    proposals,
    record,
    sign_in,
    sync,
)
from tongxin.web.frame import Behind
from tongxin.web.guards import Gate, guard, undeclared
from tongxin.web.headers import guard_answer
from tongxin.web.lane import Application, Counters, Lane, Reader
from tongxin.web.rendering import environment

_HERE = Path(__file__).parent
LARGEST_REQUEST = 4_000_000
_METRICS = PrometheusConfig(app_name="tongxin", prefix="tongxin", group_path=True)
# Collecting garbage through all that lives from the start costs every hundredth request dearly.
_GC_THRESHOLD = 50_000

_BY_DEFAULT = front.Settings()
_DESCRIBED = OpenAPIConfig(
    title="Tongxin",
    version=__version__,
    path="/schema",
    render_plugins=[JsonRenderPlugin(path="/")],
    use_handler_docstrings=True,
    openapi_router=Router("/schema", route_handlers=[], opt={"public": True}),
)


def handlers() -> list[ControllerRouterHandler]:
    """Every handler of every pillar."""
    static = create_static_files_router(
        "/static", [_HERE / "static"], opt={"public": True}, include_in_schema=False
    )
    return [
        static,
        *entrance.HANDLERS,
        *sync.HANDLERS,
        *inbox.HANDLERS,
        *record.HANDLERS,
        *corrections.HANDLERS,
        *tongxin.access.api.HANDLERS,
        *tongxin.access.devices.api.HANDLERS,
        *tongxin.registry.api.HANDLERS,
        *tongxin.registry.grids.api.HANDLERS,
        *tongxin.registry.households.api.HANDLERS,
        *tongxin.registry.residents.api.HANDLERS,
        *tongxin.registry.links.api.HANDLERS,
        *tongxin.registry.identity.api.HANDLERS,
        *tongxin.registry.staff.api.HANDLERS,
        *tongxin.registry.risklists.api.HANDLERS,
        *tongxin.intake.api.HANDLERS,
        *tongxin.work.api.HANDLERS,
        *tongxin.arrivals.api.HANDLERS,
        *tongxin.arrivals.declarations.api.HANDLERS,
        *tongxin.arrivals.comings.api.HANDLERS,
        *tongxin.arrivals.passages.api.HANDLERS,
        *tongxin.arrivals.findings.api.HANDLERS,
        *tongxin.arrivals.checkpoints.api.HANDLERS,
        *tongxin.arrivals.calls.api.HANDLERS,
        *tongxin.arrivals.doubts.api.HANDLERS,
        *tongxin.arrivals.exceptions.api.HANDLERS,
        *tongxin.briefing.api.HANDLERS,
        Router("/", route_handlers=screens(), include_in_schema=False),
    ]


def screens() -> list[ControllerRouterHandler]:
    """Every page of the desk: not part of the API, and so not of its description."""
    return [
        *sign_in.HANDLERS,
        *pages.HANDLERS,
        *proposals.HANDLERS,
        *areas.HANDLERS,
        *changed.HANDLERS,
        *tongxin.access.pages.HANDLERS,
        *tongxin.access.devices.pages.HANDLERS,
        *tongxin.registry.pages.HANDLERS,
        *tongxin.registry.villages.pages.HANDLERS,
        *tongxin.registry.households.pages.HANDLERS,
        *tongxin.registry.residents.pages.HANDLERS,
        *tongxin.registry.grids.pages.HANDLERS,
        *tongxin.registry.links.pages.HANDLERS,
        *tongxin.registry.staff.pages.HANDLERS,
        *tongxin.work.pages.HANDLERS,
        *tongxin.arrivals.pages.HANDLERS,
        *tongxin.arrivals.exceptions.pages.HANDLERS,
        *tongxin.intake.pages.HANDLERS,
        *tongxin.briefing.pages.HANDLERS,
    ]


def make(installation: Installation, settings: front.Settings = _BY_DEFAULT) -> Litestar:
    """The application on an opened installation."""
    app = Application(
        route_handlers=handlers(),
        guards=[guard],
        dependencies=_handed_in(installation),
        exception_handlers={
            Problem: edges.expected,
            HTTPException: edges.http,
            Exception: edges.unexpected,
        },
        openapi_config=_DESCRIBED,
        template_config=TemplateConfig(
            instance=JinjaTemplateEngine.from_environment(environment())
        ),
        middleware=[_METRICS.middleware],
        before_send=[guard_answer],
        compression_config=CompressionConfig(backend="gzip", minimum_size=1_000),
        request_max_body_size=LARGEST_REQUEST,
        lifespan=[lambda _: _living(installation)],
        logging_config=None,
    )
    app.state.front = front.Front(settings)
    app.state.gate = Gate(installation)
    app.state.installation = installation
    app.lanes = _lanes(app)
    if wrong := undeclared(app):
        raise AssertionError(f"routes that do not say what they need: {wrong}")
    return app


def _lanes(app: Application) -> dict[str, Lane]:
    """The ways through the bulk doors, by address."""
    doors: dict[HTTPRouteHandler, Reader] = {
        tongxin.arrivals.api.record_arrival: tongxin.arrivals.api.arrival_in_bulk,
        sync.post_facts: partial(sync.facts_in_bulk, app.state.front),
    }
    return {
        path: Lane(
            door, reader, app.state.installation, app.state.gate, app.state.front,
            Counters(path, _METRICS), LARGEST_REQUEST,
        )
        for door, reader in doors.items()
        for path in door.paths
    }  # fmt: skip


def _handed_in(installation: Installation) -> dict[str, Provide]:
    """What handlers may ask for by name."""

    def provide_office() -> Store:
        return installation.store

    # Each of these asks for the one before, though it does not need it: Litestar resolves those
    # that stand alone as tasks of a task group, which costs 0.1 ms a request.
    def provide_now(office: Office) -> datetime:
        return installation.clock()

    def provide_asker(request: Request[Any, Any, Any], now: Now) -> Who:
        who: Who = request.state.who
        return who

    def provide_upload(request: Request[Any, Any, Any], now: Now) -> Upload:
        upload: Upload = request.state.upload
        return upload

    def provide_desk(request: Request[Any, Any, Any]) -> Iterator[Desk]:
        with ExitStack() as held:
            yield Desk(
                request.state.who, installation.clock(), edges.language_of(request),
                installation.store, held, Behind(request, installation),
            )  # fmt: skip

    return {
        "office": Provide(provide_office, sync_to_thread=False),
        "now": Provide(provide_now, sync_to_thread=False),
        "upload": Provide(provide_upload, sync_to_thread=False),
        "asker": Provide(provide_asker, sync_to_thread=False),
        "desk": Provide(provide_desk),
    }


@asynccontextmanager
async def _living(installation: Installation) -> AsyncIterator[None]:
    gc.collect()
    gc.freeze()
    gc.set_threshold(_GC_THRESHOLD, 20, 50)
    yield


def create() -> Litestar:
    """The application on the installation that the environment names: what a server starts."""
    keys = os.environ.get("TONGXIN_KEYS")
    settings = Settings(
        os.environ["TONGXIN_DATABASE_URL"], unlock_from(), Path(keys) if keys else None
    )
    installation = open_(settings, system_clock)
    app = make(installation, front.settings_from(os.environ))
    app.on_shutdown.append(installation.close)
    return app
