"""The contracts of what is neither Source nor Sink: webhook receivers and health checks."""

from __future__ import annotations

import pytest

from hub.errors import HubError, RefusedError
from hub.sdk.testing.partners import Delivery, HealthPartner, WebhookPartner
from hub.sdk.testing.telling import all_marks
from hub.sdk.testing.watching import document_text, error_text, leaks

FORGED = "webhook.bad-signature"


class WebhookReceiverContract:
    """Inherit it and give the fixture ``partner`` (a WebhookPartner)."""

    def test_genuine_message_is_taken_and_says_something(self, partner: WebhookPartner) -> None:
        """Every delivery verifies, and what they hold can be parsed."""
        receiver = partner.open()
        deliveries = partner.deliveries()
        assert deliveries, "the simulator pushed nothing"
        documents = [one for each in deliveries for one in receiver.receive(each.headers, each.body, partner.at)]
        assert all_marks(partner.parse(document) for document in documents), "the messages say nothing"

    def test_altered_body_is_refused(self, partner: WebhookPartner) -> None:
        """One byte more is another message, which nobody signed."""
        for each in partner.deliveries():
            _refused(partner, Delivery(each.headers, each.body + b" "))

    def test_unsigned_message_is_refused(self, partner: WebhookPartner) -> None:
        """Without any header there is no signature."""
        for each in partner.deliveries():
            _refused(partner, Delivery({}, each.body))

    def test_wrong_signature_is_refused(self, partner: WebhookPartner) -> None:
        """A signature made for another body does not fit this one."""
        for each in partner.deliveries():
            _refused(partner, Delivery(each.headers, b"{}"))

    def test_same_message_again_is_the_same_document(self, partner: WebhookPartner) -> None:
        """So that the second is dropped as a duplicate."""
        receiver = partner.open()
        for each in partner.deliveries():
            first = receiver.receive(each.headers, each.body, partner.at)
            again = partner.open().receive(each.headers, each.body, partner.at)
            assert [one.source_id for one in first] == [one.source_id for one in again]

    def test_planted_secret_shows_nowhere(
        self, partner: WebhookPartner, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
    ) -> None:
        """Not in documents, errors, logs or output."""
        caplog.set_level(0)
        receiver = partner.open()
        texts: dict[str, str] = {}
        for number, each in enumerate(partner.deliveries()):
            for document in receiver.receive(each.headers, each.body, partner.at):
                texts[f"document {number}"] = document_text(document)
            try:
                receiver.receive(each.headers, b"{}", partner.at)
            except HubError as error:
                texts[f"error {number}"] = error_text(error)
        texts |= {"repr": repr(receiver), "log": caplog.text, "output": "".join(capfd.readouterr())}
        assert leaks(partner.secret, texts) == [], "the secret shows"


def _refused(partner: WebhookPartner, delivery: Delivery) -> None:
    with pytest.raises(RefusedError) as caught:
        partner.open().receive(delivery.headers, delivery.body, partner.at)
    assert caught.value.code == FORGED


class HealthContract:
    """Inherit it and give the fixture ``partner`` (a HealthPartner)."""

    def test_reachable_partner_is_well(self, partner: HealthPartner) -> None:
        """Logged on, and says something an operator can read."""
        report = partner.open().check()
        assert report.ok, f"{report.code}: {report.detail}"
        assert report.detail, "nothing to show an operator"

    def test_trouble_is_told_and_never_raised(self, partner: HealthPartner) -> None:
        """With the partner gone the check says so, with an error's code, without the secret."""
        health = partner.open()
        partner.stop()
        report = health.check()
        assert not report.ok, "the partner is gone and the check has not noticed"
        assert report.code, "no code to look up"
        assert leaks(partner.secret, {"report": repr(report)}) == [], "the secret shows"
