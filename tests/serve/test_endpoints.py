"""Every endpoint of `emission serve` is asked by schemathesis: nothing that is sent breaks anything, or is believed."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from schemathesis import GenerationMode
from starlette.routing import Mount, Route

from emission.providers import is_living, open_opener
from emission.serve.app import application
from emission.serve.desk import Desk
from tests.serve.contract import NOTICES, document
from tests.serve.office import Office

EXAMPLES = 6  # of each endpoint and mode


@pytest.mark.parametrize("kind", sorted(NOTICES))
def test_no_endpoint_breaks(tmp_path: Path, kind: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    with Office(tmp_path, kind, 2) as office:
        living = is_living(office.settings)
        tokens = [office.path(number)[1:] for number in range(2)] if living else []
        told = document(office.settings.provider.kind, tokens)
        assert set(told["paths"]) == routes(office)
        schema = schemathesis.openapi.from_dict(told)
        for path, endpoints in told["paths"].items():
            for method in endpoints.keys() - {"parameters"}:
                ask(office.http.base_url, schema[path][method], GenerationMode.POSITIVE)
        # Elsewhere nothing is asked for but a text, so that nothing is wrong.
        ask(office.http.base_url, schema["/avisos/{channel}"]["post"], GenerationMode.NEGATIVE)
        assert office.http.get("/salud").status_code == 204
        office.notices()
        assert [one for number in range(2) for one in office.payments(office.external_id(number))] == []
    assert [record.getMessage() for record in caplog.records] == []


def ask(base_url: Any, operation: Any, mode: GenerationMode) -> None:
    known = {int(status) for status in operation.definition.raw["responses"]}

    @seed(1)
    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def asked(case: Any) -> None:
        response = case.call(base_url=str(base_url), allow_redirects=False)
        assert response.status_code in known, (response.status_code, case.as_curl_command())

    asked()


def routes(office: Office) -> set[str]:
    """The paths of the application as it is."""
    desk = Desk(office.settings.ledger_path)
    try:
        opener = open_opener(office.settings, environ={}) if is_living(office.settings) else None
        app = application(office.settings, desk, opener, lambda _channel: None)
    finally:
        desk.close()
    assert not any(isinstance(route, Mount) for route in app.routes)
    return {route.path for route in app.routes if isinstance(route, Route)}
