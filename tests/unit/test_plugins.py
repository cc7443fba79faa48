"""Discovery: clashes stop the start and name both packages, a broken package stops only itself."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from types import ModuleType

import pytest

from hub.errors import ConfigurationError
from hub.mapping.shipped import CONNECTORS
from hub.plugins import discover
from hub.sdk.hookspecs import hookimpl
from hub.sdk.settings import ConnectorSettings
from hub.sdk.spec import ConnectorSpec


def package(monkeypatch: pytest.MonkeyPatch, module: str, connector: str) -> EntryPoint:
    """An installed package that offers one connector."""

    @hookimpl
    def hub_connectors() -> list[ConnectorSpec]:
        return [ConnectorSpec(connector, connector.title(), "1", ConnectorSettings, {})]

    made = ModuleType(module)
    vars(made)["hub_connectors"] = hub_connectors
    monkeypatch.setitem(sys.modules, module, made)
    return EntryPoint(connector, module, CONNECTORS)


def test_two_packages_with_one_connector_name_stop_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [package(monkeypatch, "first_acme", "acme"), package(monkeypatch, "second_acme", "acme")]
    with pytest.raises(ConfigurationError) as caught:
        discover(both)
    assert "configuration.connector-clash" == caught.value.code
    assert "first_acme" in caught.value.message
    assert "second_acme" in caught.value.message


def test_package_that_fails_to_import_is_told_and_the_rest_run(monkeypatch: pytest.MonkeyPatch) -> None:
    plugins = discover(
        [package(monkeypatch, "good_acme", "acme"), EntryPoint("torn", "no_such_module_at_all", CONNECTORS)]
    )
    assert ["acme"] == list(plugins.connectors)
    [broken] = plugins.broken
    assert "torn" == broken.name
    with pytest.raises(ConfigurationError) as caught:
        plugins.connector("torn")
    assert "no_such_module_at_all" in str(caught.value)


def test_installed_connectors_are_found_under_their_names() -> None:
    plugins = discover()
    assert {"filedrop", "ongoing", "shopify", "x12_retailer", "x12_supplier", "x12_warehouse"} <= set(
        plugins.connectors
    )
    assert () == plugins.broken


def test_class_that_is_no_capability_is_refused() -> None:
    with pytest.raises(ConfigurationError) as caught:
        ConnectorSpec("acme", "Acme", "1", ConnectorSettings, {str: str})
    assert "configuration.unknown-capability" == caught.value.code
