"""The catalogue of connectors says what the connectors say, and scores are honest."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.errors import ConfigurationError
from hub.sdk.scaffold.catalogue import catalogue
from hub.sdk.scaffold.quality import COMMON_RULES, Status, read_quality

CONNECTORS = Path(__file__).parents[3] / "connectors"
DONE = "".join(f'{rule} = {{ status = "done", proof = "tests" }}\n' for rule in COMMON_RULES)


def test_catalogue_is_in_step_with_the_connectors() -> None:
    page = (CONNECTORS / "README.md").read_text()
    assert catalogue(CONNECTORS) == page, "run: python -m hub.sdk.scaffold.catalogue connectors"


def test_score_with_proofs_and_reasons_is_read(tmp_path: Path) -> None:
    extra = 'webhooks = { status = "exempt", reason = "the partner has none" }\n'
    (tmp_path / "quality.toml").write_text(f"[rules]\n{DONE}{extra}")
    quality = read_quality(tmp_path / "quality.toml")
    assert [len(COMMON_RULES), 0, 1] == [quality.count(status) for status in Status]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('webhooks = { status = "todo" }', "gives its reason"),
        ('webhooks = { status = "done" }', "names its proof"),
        ('webhooks = { status = "perhaps", reason = "who knows" }', "rules.webhooks.status"),
        ("webhooks = ", "quality.toml"),
    ],
)
def test_score_without_proof_or_reason_is_refused(tmp_path: Path, line: str, says: str) -> None:
    (tmp_path / "quality.toml").write_text(f"[rules]\n{DONE}{line}\n")
    with pytest.raises(ConfigurationError) as caught:
        read_quality(tmp_path / "quality.toml")
    assert "configuration.connector-quality" == caught.value.code
    assert says in str(caught.value)


def test_common_rule_without_an_answer_is_named(tmp_path: Path) -> None:
    (tmp_path / "quality.toml").write_text("[rules]\n" + DONE.replace("conformance_kit", "something_else"))
    with pytest.raises(ConfigurationError, match="no answer to conformance_kit"):
        read_quality(tmp_path / "quality.toml")
