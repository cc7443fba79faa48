"""A connector's ``quality.toml``: its honest score, rule by rule, each with a proof or a reason."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from hub.errors import ConfigurationError

COMMON_RULES = (
    "conformance_kit",
    "requests_match_the_vendors_contract",
    "every_send_is_safe_to_repeat",
    "every_fault_has_its_class",
    "pages_end_and_survive_a_restart",
    "secrets_stay_out_of_documents_and_logs",
    "samples_state_their_source",
    "simulator_speaks_the_real_protocol",
    "seen_on_a_live_system",
)
"""Every connector answers these; it adds what is particular to its partner."""


class Status(StrEnum):
    """Written ``done``, ``todo`` and ``exempt``: the last says that the rule does not apply to this partner."""

    DONE = "done"
    OPEN = "todo"
    EXEMPT = "exempt"


class Score(BaseModel):
    """One rule's answer. ``proof`` names the test or file that shows it; ``reason`` says why it is not done."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: Status
    proof: str = ""
    reason: str = ""

    @model_validator(mode="after")
    def _backed(self) -> Score:
        if self.status is Status.DONE and not self.proof:
            raise ValueError("a rule that is done names its proof")
        if self.status is not Status.DONE and not self.reason:
            raise ValueError("a rule that is not done gives its reason")
        return self


class Quality(BaseModel):
    """The whole file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: Mapping[str, Score] = Field(min_length=1)

    @model_validator(mode="after")
    def _complete(self) -> Quality:
        missing = [rule for rule in COMMON_RULES if rule not in self.rules]
        if missing:
            raise ValueError(f"no answer to {', '.join(missing)}")
        return self

    def count(self, status: Status) -> int:
        """How many rules have this status."""
        return sum(score.status is status for score in self.rules.values())


def read_quality(path: Path) -> Quality:
    """The file's scores. Raises ConfigurationError ``configuration.connector-quality`` with what is wrong where."""
    try:
        return Quality.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (OSError, tomllib.TOMLDecodeError) as error:
        reason = str(error)
    except ValidationError as error:
        first = error.errors()[0]
        reason = f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    raise ConfigurationError(
        f"The score cannot be read: {reason}.",
        code="configuration.connector-quality",
        cure="Answer every common rule with done and a proof, or with todo or exempt and a reason.",
        place=str(path),
    )
