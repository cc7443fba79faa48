"""Engines behind hub.ports.Dispatcher: they only wake work, the truth is in the lanes (ADR 0008)."""
